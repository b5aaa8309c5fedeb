using Ensemble.Catalog.Reading;

namespace Ensemble.Frontend.Hosting;

/// <summary>
/// A command line without what .NET's configuration would pass over in silence, or choke on: a misspelt option would be one that was never
/// set.
/// </summary>
/// <param name="Options">The arguments that mean something.</param>
/// <param name="Problems">A sentence for each that does not.</param>
internal sealed record CommandLine(string[] Options, IReadOnlyList<string> Problems)
{
    /// <summary>First segments of what the host itself reads from the command line.</summary>
    private static readonly string[] HostKeys =
    [
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "webroot", "Logging", "Kestrel",
        "AllowedHosts",
    ];

    /// <param name="args">The command line.</param>
    /// <param name="options">Every option that is read from it.</param>
    public static CommandLine Read(IReadOnlyList<string> args, IReadOnlyList<string> options)
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
            var hasOwnValue = option.Contains('=', StringComparison.Ordinal);
            var hasValue = hasOwnValue || (index + 1 < args.Count && !args[index + 1].StartsWith("--", StringComparison.Ordinal));
            if (!IsKnown(key, options))
            {
                problems.Add($"option {key}: there is no such option. {Advice(key, options)}");
            }
            else if (!hasValue)
            {
                problems.Add($"option {key}: its value is missing.");
            }
            else
            {
                good.AddRange(args.Skip(index).Take(hasOwnValue ? 1 : 2));
            }

            index += hasValue && !hasOwnValue ? 1 : 0;
        }

        return new CommandLine([.. good], problems);
    }

    /// <summary>Whether an argument is a word by itself: a command, or what one is about.</summary>
    public static bool IsWord(string argument) => argument.Length > 0 && argument[0] != '-' && Option(argument) is null;

    /// <returns>The option without its prefix, in the forms that .NET's configuration takes; null where it is none of them.</returns>
    private static string? Option(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
        : argument.StartsWith('/') ? argument[1..]
        : !argument.StartsWith('-') && argument.IndexOf('=', StringComparison.Ordinal) > 0 ? argument
        : null;

    private static bool IsKnown(string key, IReadOnlyList<string> options)
    {
        var root = key.Split(':')[0];
        return HostKeys.Concat(options.Select(known => known.Split(':')[0])).Contains(root, StringComparer.OrdinalIgnoreCase);
    }

    private static string Advice(string key, IReadOnlyList<string> options) =>
        NearestName.Advice(key, [.. options, .. HostKeys], $"Options: {string.Join(", ", options)}.");
}
