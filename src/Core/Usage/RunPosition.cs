using System.Globalization;
using Ensemble.Runs;

namespace Ensemble.Usage;

/// <summary>Where a list of runs goes on: after this one. What is written meanwhile moves nothing.</summary>
/// <param name="StartedAt">In milliseconds since 1970.</param>
public sealed record RunPosition(long StartedAt, RunId Run, int Incarnation)
{
    /// <summary>The oldest first.</summary>
    public static readonly Comparer<RunPosition> ByAge = Comparer<RunPosition>.Create(static (x, y) =>
        (x.StartedAt, string.CompareOrdinal(x.Run.Value, y.Run.Value), x.Incarnation).CompareTo((y.StartedAt, 0, y.Incarnation)));

    public static RunPosition Of(RunRecord record) => new(record.StartedAt.ToUnixTimeMilliseconds(), record.Run, record.Incarnation);

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    /// <returns>Null where it is none.</returns>
    public static RunPosition? Parse(string text) =>
        text.Split('.') is [var started, var run, var incarnation]
        && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var startedAt)
        && RunId.TryParse(run, out var id)
        && int.TryParse(incarnation, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RunPosition(startedAt, id, number)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartedAt}.{Run}.{Incarnation}");
}
