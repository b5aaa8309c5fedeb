using Ensemble.Catalog.Reading;

namespace Ensemble.Frontend.Hosting;

/// <summary>Decides what a command line asks for: help, the version, a command, or to serve.</summary>
/// <param name="program">What the program is called.</param>
/// <param name="serves">What it does without a command, for the help.</param>
/// <param name="commands">Those that it has.</param>
/// <param name="options">Every option that it reads.</param>
internal sealed class ProgramCommands(string program, string serves, IReadOnlyList<Command> commands, IReadOnlyList<string> options)
{
    /// <summary>The exit code of a command line that cannot be understood.</summary>
    public const int UsageError = 2;

    private static readonly string[] Help = ["--help", "-h", "-?", "/?"];

    private static readonly string[] Version = ["--version", "version"];

    /// <param name="serve">Serves, with these arguments.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] args, Func<string[], Task<int>> serve, TextWriter output, TextWriter errors)
    {
        if (args is [var first, ..] && Version.Contains(first))
        {
            await output.WriteLineAsync($"{ProductVersion.Name} {ProductVersion.Text}");
            return 0;
        }

        var words = args.TakeWhile(CommandLine.IsWord).ToList();
        var command = commands.OrderByDescending(known => known.Name.Length).FirstOrDefault(known => known.Matches(words));
        if (args is ["help", ..] || (args.Any(argument => Help.Contains(argument)) && (command is not null || words.Count == 0)))
        {
            await output.WriteLineAsync(
                command is null ? Text() : command.Help ?? $"Usage: {program} {command.Usage}{Environment.NewLine}{command.Summary}");
            return 0;
        }

        if (command is null && words.Count == 0)
        {
            return await serve(args);
        }

        var rest = command is null ? args : args[command.Name.Split(' ').Length..];
        if (command is null || !command.AcceptsOperands(rest))
        {
            await errors.WriteLineAsync(Problem(command, rest, words));
            return UsageError;
        }

        return await command.RunAsync(rest);
    }

    private string Problem(Command? command, string[] rest, List<string> words)
    {
        if (command?.Operand is { } operand)
        {
            var found = rest.Length == 0 ? "which one is missing" : $"{rest.Length} arguments were given";
            return $"{command.Name}: takes one {operand}, and {found}. Usage: {program} {command.Usage}";
        }

        var name = string.Join(' ', words);
        var known = commands.Select(candidate => candidate.Name).ToList();

        // The first word of a command of two is not misspelt.
        var begun = known.Find(candidate => candidate.StartsWith($"{words[0]} ", StringComparison.OrdinalIgnoreCase));
        var nearest = (NearestName.Of(name, known) ?? NearestName.Of(words[0], known) ?? begun) is { } meant
            ? $"Did you mean \"{meant}\"?"
            : $"Commands: {string.Join(", ", known)}.";
        return $"command '{name}': there is no such command. {nearest} {program} --help lists commands and options.";
    }

    private string Text()
    {
        var usages = commands.Select(command => (command.Usage, command.Summary)).Append(("--help", "Shows this."))
            .Append(("--version", "Shows the version.")).ToList();
        var width = usages.Max(usage => usage.Item1.Length);
        return string.Join(
            Environment.NewLine,
            [
                $"{ProductVersion.Name} {ProductVersion.Text}",
                "",
                $"{program} [--OPTION VALUE]...",
                $"  {serves}",
                "",
                .. usages.Select(usage => $"{program} {usage.Item1.PadRight(width)}  {usage.Item2}"),
                "",
                "Options (docs/configuration.md says what each means; each can also stand in the environment, as Limits__MaxRuns, or in "
                + "appsettings.json):",
                .. options.Select(option => $"  --{option}"),
                "  --urls",
            ]);
    }
}
