using System.CommandLine;
using Ensemble.Catalog.Reading;

namespace Ensemble.Silo.Options;

/// <summary>
/// The options of a command line that are configuration, without what .NET would pass over in silence, or choke on: a misspelt option would
/// be one that was never set.
/// </summary>
/// <param name="Options">The arguments that mean something.</param>
/// <param name="Problems">A sentence for each that does not.</param>
internal sealed record ConfigurationArguments(string[] Options, IReadOnlyList<string> Problems)
{
    /// <summary>First segments of what the host itself reads from the command line.</summary>
    private static readonly string[] HostKeys =
    [
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "webroot", "Logging", "Kestrel",
        "AllowedHosts",
    ];

    /// <summary>What a command declares that takes options of the configuration.</summary>
    public static Argument<string[]> Create() => new("OPTIONS") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };

    /// <param name="args">The command line, after the command.</param>
    /// <param name="known">Every option that is read from it.</param>
    public static ConfigurationArguments Read(IReadOnlyList<string> args, IReadOnlyList<string> known)
    {
        var problems = new List<string>();
        var good = new List<string>();
        for (var index = 0; index < args.Count; index++)
        {
            if (Option(args[index]) is not { } option)
            {
                problems.Add(
                    $"argument '{args[index]}': options are given as --NAME VALUE; a command is the first argument. --help lists both.");
                continue;
            }

            var key = option.Split('=')[0];
            var taken = TakesNext(args, index) ? 2 : 1;
            if (!IsKnown(key, known))
            {
                var advice = NearestName.Advice(key, [.. known, .. HostKeys], $"Options: {string.Join(", ", known)}.");
                problems.Add($"option {key}: there is no such option. {advice}");
            }
            else if (taken == 1 && key == option)
            {
                problems.Add($"option {key}: its value is missing.");
            }
            else
            {
                good.AddRange(args.Skip(index).Take(taken));
            }

            index += taken - 1;
        }

        return new ConfigurationArguments([.. good], problems);
    }

    /// <summary>Whether an argument is an option whose value is the argument after it.</summary>
    public static bool TakesNext(IReadOnlyList<string> args, int index) =>
        Option(args[index]) is { } option && !option.Contains('=', StringComparison.Ordinal) && index + 1 < args.Count
        && !args[index + 1].StartsWith("--", StringComparison.Ordinal);

    /// <summary>Whether an argument is a word by itself: a command, or what one is about.</summary>
    public static bool IsWord(string argument) => argument.Length > 0 && argument[0] != '-' && Option(argument) is null;

    /// <returns>The option without its prefix, in the forms that .NET's configuration takes; null for any other argument.</returns>
    private static string? Option(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
        : argument.StartsWith('/') ? argument[1..]
        : !argument.StartsWith('-') && argument.IndexOf('=', StringComparison.Ordinal) > 0 ? argument
        : null;

    private static bool IsKnown(string key, IReadOnlyList<string> known) =>
        HostKeys.Concat(known.Select(static option => option.Split(':')[0])).Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);
}
