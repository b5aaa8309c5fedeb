using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Ensemble.Catalog.Reading;
using Ensemble.Frontend.OpenApi;
using Ensemble.Silo.Options;

namespace Ensemble.Silo.Commands;

/// <summary>Runs what a command line asks for: help, the version, a command, or the program without one.</summary>
internal sealed class CommandLine
{
    /// <summary>The exit code of a command line that cannot be understood.</summary>
    public const int UsageError = 2;

    /// <summary>No argument is a bundle of flags or the name of a file with more arguments: a secret may begin as these do.</summary>
    private static readonly ParserConfiguration Parser = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private readonly Command _program;
    private readonly HelpOption _help = new();

    /// <param name="program">What runs without a command; its commands are the program's.</param>
    /// <param name="options">Those of the configuration. The parser does not see them; they are for the help.</param>
    public CommandLine(Command program, IReadOnlyList<OptionProperty> options)
    {
        _program = program;
        program.Description += $" Commands: {string.Join(", ", Names)}.";
        program.Options.Add(_help);
        program.Options.Add(new Option<bool>("--version") { Description = "Shows the version." });
        program.Options.Add(new Option<string>("--urls") { Description = "Where to listen.", HelpName = "URLS" });
        foreach (var option in options)
        {
            program.Options.Add(new Option<string>($"--{option.Name}") { Description = option.Summary, HelpName = "VALUE" });
        }
    }

    /// <summary>The names of all commands, with those of the commands that they belong to before them.</summary>
    public IReadOnlyList<string> Names => [.. NamesIn(_program, "")];

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is ["--version" or "version", ..])
        {
            await output.WriteLineAsync($"{ProductVersion.Name} {ProductVersion.Text}");
            return 0;
        }

        args = args is ["help", ..] ? ["--help"] : args;
        var (command, depth) = (_program, 0);
        while (depth < args.Length && command.Subcommands.FirstOrDefault(sub => sub.Name == args[depth]) is { } next)
        {
            (command, depth) = (next, depth + 1);
        }

        var line = Order(args, command, depth) is { } ordered ? _program.Parse(ordered, Parser) : null;
        if (line is null or { Action: ParseErrorAction })
        {
            await errors.WriteLineAsync(
                line?.Errors is [{ SymbolResult: OptionResult } wrong, ..] ? wrong.Message : Problem(args, command, depth));
            return UsageError;
        }

        // The host handles signals itself, and a stop may take as long as the longest answer.
        return await line.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>
    /// Puts options of the configuration last, behind <c>--</c>: their values may be called like a command or a flag. What a command is
    /// about follows its name, and may begin as an option does.
    /// </summary>
    /// <returns>Null where there is a word too many.</returns>
    private List<string>? Order(string[] args, Command command, int depth)
    {
        List<Option> flags = [_help, .. command == _program ? [] : command.Options];
        var operands = command.Arguments.Count(static argument => !argument.Hidden);
        List<string> own = [.. args[..depth]], configuration = [];
        for (var (index, taken) = (depth, 1); index < args.Length; index += taken)
        {
            var argument = args[index];
            var flag = flags.Find(flag => flag.Name == argument || flag.Aliases.Contains(argument));
            var isOwn = flag is not null || operands-- > 0;
            if (!isOwn && configuration.Count == 0 && ConfigurationArguments.IsWord(argument))
            {
                return null;
            }

            taken = 1 + (isOwn ? flag?.Arity.MinimumNumberOfValues ?? 0 : ConfigurationArguments.TakesNext(args, index) ? 1 : 0);
            (isOwn ? own : configuration).AddRange(args.Skip(index).Take(taken));
        }

        return [.. own, "--", .. configuration];
    }

    private string Problem(string[] args, Command command, int depth)
    {
        if (command.Arguments.FirstOrDefault(static argument => !argument.Hidden) is { } operand)
        {
            var found = args.Length == depth ? "which one is missing" : $"{args.Length - depth} arguments were given";
            var called = string.Join(' ', args[..depth]);
            var usage = string.Join(' ', [_program.Name, called, operand.Name, .. command.Options.Select(flag => $"[{flag.Name}]")]);
            return $"{called}: takes one {operand.Name}, and {found}. Usage: {usage}";
        }

        var words = args.TakeWhile(ConfigurationArguments.IsWord).ToList();
        var name = string.Join(' ', words);

        // The first word of a command of two is not misspelt.
        var begun = Names.FirstOrDefault(known => known.StartsWith($"{words[0]} ", StringComparison.OrdinalIgnoreCase));
        var nearest = (NearestName.Of(name, Names) ?? NearestName.Of(words[0], Names) ?? begun) is { } meant
            ? $"Did you mean \"{meant}\"?"
            : $"Commands: {string.Join(", ", Names)}.";
        return $"command '{name}': there is no such command. {nearest} {_program.Name} --help lists commands and options.";
    }

    private static IEnumerable<string> NamesIn(Command command, string prefix) => command.Subcommands.SelectMany(sub =>
        NamesIn(sub, $"{prefix}{sub.Name} ").Prepend(sub.Action is null ? "" : prefix + sub.Name).Where(static name => name.Length > 0));
}
