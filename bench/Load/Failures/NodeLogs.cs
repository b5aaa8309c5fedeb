using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Failures;

/// <summary>What nodes have written: usage events, and which silo activated what.</summary>
internal static partial class NodeLogs
{
    /// <summary>With these a silo logs each grain that begins to live in it, and each sub-call.</summary>
    public static readonly string[] Arguments = ["--Logging:LogLevel:Orleans.Grain", "Debug", "--Usage:Log", "true"];

    private const string Event = """{"event":"sub_call",""";

    /// <returns>The silo that is up and has activated a grain last; null where none has.</returns>
    public static ChildProcess? FindHolder(IEnumerable<ChildProcess> silos, string grain) => silos
        .Where(silo => !silo.HasExited)
        .Select(silo => (Silo: silo, At: Activations(silo).Where(one => one.Grain == grain).Select(one => one.At).DefaultIfEmpty(DateTimeOffset.MinValue).Max()))
        .Where(one => one.At > DateTimeOffset.MinValue)
        .OrderByDescending(one => one.At)
        .Select(one => one.Silo)
        .FirstOrDefault();

    /// <returns>The silos that each run was ever in.</returns>
    public static ILookup<string, ChildProcess> Runs(IEnumerable<ChildProcess> silos) => silos
        .SelectMany(silo => Activations(silo).Where(one => one.Grain.StartsWith("ensemblerun/", StringComparison.Ordinal)).Select(one => (Run: one.Grain["ensemblerun/".Length..], Silo: silo)))
        .Distinct()
        .ToLookup(one => one.Run, one => one.Silo);

    public static IReadOnlyList<UsageLine> Usage(IEnumerable<ChildProcess> nodes) => [.. nodes.SelectMany(node => Lines(node).Where(line => line.StartsWith(Event, StringComparison.Ordinal)).Select(ReadUsage).OfType<UsageLine>())];

    /// <returns>Warnings and errors that nodes wrote, alike ones counted together, by the node's kind.</returns>
    public static IReadOnlyList<(string Text, int Count)> Warnings(IEnumerable<ChildProcess> nodes) =>
    [
        .. nodes.SelectMany(node => Lines(node).Select(line => Warning().Match(line)).Where(match => match.Success).Select(match => $"{node.Name}: {match.Groups["event"].Value}"))
            .GroupBy(text => text, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()))
            .OrderByDescending(group => group.Item2),
    ];

    private static IEnumerable<(DateTimeOffset At, string Grain)> Activations(ChildProcess silo) => Lines(silo)
        .Select(line => Activation().Match(line))
        .Where(match => match.Success)
        .Select(match => (DateTimeOffset.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture), match.Groups["grain"].Value));

    private static UsageLine? ReadUsage(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var isLost = root.GetProperty("outcome").GetString() == "lost";
            return new UsageLine(
                root.GetProperty("run").GetString()!,
                root.GetProperty("incarnation").GetInt32(),
                root.GetProperty("model").GetString()!,
                isLost ? 1 : root.GetProperty("attempts").GetInt32(),
                isLost);
        }
        catch (JsonException)
        {
            // The last line of one that was killed.
            return null;
        }
    }

    // It may still be written to.
    private static IEnumerable<string> Lines(ChildProcess node)
    {
        using var file = new StreamReader(new FileStream(node.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    [GeneratedRegex(@"^(?<at>\S+) dbug: Orleans\.Grain\[\d+\] Activating grain \[Activation: [^/]+/(?<grain>[^@]+)@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Activation();

    [GeneratedRegex(@"^\S+ (warn|fail|crit): (?<event>\S+?\[\d+\])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Warning();
}
