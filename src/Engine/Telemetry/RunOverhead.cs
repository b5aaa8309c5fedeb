using Ensemble.Usage;

namespace Ensemble.Telemetry;

/// <summary>Tells what a run took beside its models.</summary>
internal static class RunOverhead
{
    /// <returns>The run's time without the moments in which at least one of its sub-calls was under way; never negative.</returns>
    public static TimeSpan Of(DateTimeOffset start, TimeSpan total, IReadOnlyList<SubCallManifest> subCalls)
    {
        var calls = new List<(DateTimeOffset Start, DateTimeOffset End)>(subCalls.Count);
        foreach (var subCall in subCalls)
        {
            if (!subCall.IsRemembered && subCall.Usage.Attempts > 0)
            {
                calls.Add((subCall.Usage.StartedAt, subCall.Usage.StartedAt + subCall.Usage.Total));
            }
        }

        calls.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        var (seen, end, added) = (start, start + total, TimeSpan.Zero);
        foreach (var call in calls)
        {
            if (call.Start > seen)
            {
                added += (call.Start < end ? call.Start : end) - seen;
            }

            seen = call.End > seen ? call.End : seen;
            if (seen >= end)
            {
                return added;
            }
        }

        return added + (end - seen);
    }
}
