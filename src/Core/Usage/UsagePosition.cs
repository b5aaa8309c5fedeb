using System.Globalization;

namespace Ensemble.Usage;

/// <summary>Where a list of sub-calls goes on: after this one. What is written meanwhile moves nothing.</summary>
/// <param name="StartedAt">In milliseconds since 1970.</param>
/// <param name="Step">As it is stored.</param>
public sealed record UsagePosition(long StartedAt, RunId Run, int Incarnation, string Step, int Member, int Sample)
{
    private const int MaxStep = 64;

    /// <summary>The oldest first.</summary>
    public static readonly Comparer<UsagePosition> ByAge = Comparer<UsagePosition>.Create(static (x, y) =>
        (x.StartedAt, string.CompareOrdinal(x.Run.Value, y.Run.Value), x.Incarnation,
         string.CompareOrdinal(x.Step, y.Step), x.Member, x.Sample)
            .CompareTo((y.StartedAt, 0, y.Incarnation, 0, y.Member, y.Sample)));

    public static UsagePosition Of(UsageRow row) =>
        new(row.StartedAt.ToUnixTimeMilliseconds(), row.Run, row.Incarnation, row.Step, row.Member, row.Sample);

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    /// <returns>Null where it is none.</returns>
    public static UsagePosition? Parse(string text) =>
        text.Split('.') is [var started, var run, var incarnation, { Length: <= MaxStep } step, var member, var sample]
        && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var startedAt)
        && step.All(static letter => char.IsAsciiLetterLower(letter) || letter == '_')
        && RunId.TryParse(run, out var id)
        && int.TryParse(incarnation, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(member, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
        && int.TryParse(sample, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new UsagePosition(startedAt, id, number, step, place, index)
            : null;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{StartedAt}.{Run}.{Incarnation}.{Step}.{Member}.{Sample}");
}

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
