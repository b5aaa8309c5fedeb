using Ensemble.Load.Processes;

namespace Ensemble.Load.Failures;

/// <summary>The stub's calls held against the usage events.</summary>
/// <param name="Calls">That the stub got.</param>
/// <param name="Missing">Calls for which there is no event.</param>
/// <param name="Lost">Events that say that nobody knows what became of a call.</param>
/// <param name="TooMany">Calls that events account for and the stub never got.</param>
internal sealed record UsageFigures(int Calls, int Missing, int Lost, int TooMany)
{
    public static UsageFigures Of(IReadOnlyList<StubCall> calls, IReadOnlyList<RequestRecord> records, IReadOnlyList<ChildProcess> nodes)
    {
        var usage = NodeLogs.Usage(nodes);
        var runOf = records.Where(record => record.Run is not null).ToDictionary(record => record.Number, record => record.Run!);
        var known = runOf.Values.ToHashSet(StringComparer.Ordinal);

        // A request whose caller never saw the header has a run that nobody can name: such calls and events are compared together.
        var called = calls.GroupBy(call => (Run: runOf.GetValueOrDefault(call.Request, ""), call.Model)).ToDictionary(group => group.Key, group => group.Count());
        var accounted = usage.GroupBy(line => (Run: known.Contains(line.Run) ? line.Run : "", line.Model)).ToDictionary(group => group.Key, group => group.Sum(line => line.Calls));
        var differences = called.Keys.Union(accounted.Keys).Select(key => called.GetValueOrDefault(key) - accounted.GetValueOrDefault(key)).ToList();
        return new UsageFigures(
            calls.Count,
            differences.Where(difference => difference > 0).Sum(),
            usage.Count(line => line.IsLost),
            -differences.Where(difference => difference < 0).Sum());
    }
}
