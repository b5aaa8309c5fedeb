using System.Text.Json.Serialization;
using Ensemble.Estimates;

namespace Ensemble.Reports;

/// <summary>A report on an ensemble and its members from live traffic. Built from counts, without text of prompts or answers.</summary>
public sealed record PanelReport
{
    /// <summary>The type of the object, as in OpenAI's objects.</summary>
    [JsonPropertyName("object")]
    public string Kind { get; } = "ensemble.report";

    public required string Ensemble { get; init; }

    /// <summary>The beginning of an hour: counts are kept by hours.</summary>
    public required DateTime From { get; init; }

    /// <summary>The end of an hour.</summary>
    public required DateTime To { get; init; }

    /// <summary><c>use_it</c>, <c>do_not_fuse</c>, <c>drop_member</c> or <c>too_few_runs</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>The verdict with its figures.</summary>
    public required string Sentence { get; init; }

    /// <summary>The member to drop, or the one that is enough alone; null for the other verdicts.</summary>
    public string? VerdictMember { get; init; }

    public required RunFigures Runs { get; init; }

    public required AgreementFigures Agreement { get; init; }

    public required EarlyStopFigures EarlyStops { get; init; }

    public required CostFigures Cost { get; init; }

    public required LatencyFigures Latency { get; init; }

    public required FeedbackFigures Feedback { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<MemberReport> Members { get; init; }

    /// <summary>By the names of both.</summary>
    public required IReadOnlyList<PairAgreement> Pairs { get; init; }
}

/// <summary>A part of a number, with Wilson's interval of 95 %.</summary>
/// <param name="Of">At least 1.</param>
public sealed record Share(long Count, long Of)
{
    private const int Digits = 6;

    private Interval Interval => Wilson.Of(Count, Of);

    public double Value => Math.Round(Interval.Value, Digits);

    public double Low => Math.Round(Interval.Low, Digits);

    public double High => Math.Round(Interval.High, Digits);

    /// <returns>Null of nothing.</returns>
    public static Share? From(long count, long of) => of > 0 ? new Share(count, of) : null;
}

/// <param name="Counted">Those that the figures are about.</param>
/// <param name="Degraded">Of these, those that gave less than was asked for; null without runs.</param>
/// <param name="Compared">Of these, those in which answers of two members or more were compared.</param>
/// <param name="Decided">Of the compared, those in which it is known whose answer was given.</param>
/// <param name="Replays">Left out: their panel's answers are those of other runs.</param>
/// <param name="Older">Left out: runs of an older version, whose manifests say too little.</param>
public sealed record RunFigures(
    long Counted, long Completed, long Cancelled, long Failed, Share? Degraded, long Compared, long Decided, long Replays, long Older);

/// <param name="Mean">From 0 to 1; null where no run has an agreement.</param>
/// <param name="Runs">Those that have one.</param>
/// <param name="Unit"><c>hour</c> or <c>day</c>.</param>
public sealed record AgreementFigures(double? Mean, long Runs, string Unit, IReadOnlyList<AgreementPoint> OverTime);

/// <param name="Start">In UTC.</param>
/// <param name="Runs">All that began in this time.</param>
public sealed record AgreementPoint(DateTime Start, long Runs, double? Mean);

/// <param name="Share">Runs that went without some of their calls; null without runs.</param>
/// <param name="SavedCostUsd">By estimate, where prices are known.</param>
public sealed record EarlyStopFigures(Share? Share, long SavedCalls, long SavedTokens, decimal SavedCostUsd);

/// <param name="PerRunUsd">Null where no run's cost is known.</param>
/// <param name="PricedRuns">Those whose cost is known.</param>
/// <param name="Cheapest">The member whose answers cost least; null where no member's cost is known.</param>
/// <param name="MostExpensive">The member whose answers cost most.</param>
public sealed record CostFigures(
    decimal? PerRunUsd, decimal KnownUsd, long PricedRuns, SingleFigures? Cheapest, SingleFigures? MostExpensive);

/// <summary>Cost and time of one member's answer, compared with a run of the ensemble.</summary>
/// <param name="CostRatio">Cost of a run of the ensemble ÷ cost of this member's answer; null where one is unknown or 0.</param>
/// <param name="P50Ratio">The same of the median times.</param>
public sealed record SingleFigures(string Member, decimal PerAnswerUsd, double? CostRatio, long? P50Ms, long? P95Ms, double? P50Ratio);

/// <param name="Runs">Completed ones.</param>
/// <param name="P50Ms">At most 4.5 % away from the exact value, as all times here.</param>
public sealed record LatencyFigures(long Runs, long? P50Ms, long? P95Ms);

/// <param name="Count">Statements about answers.</param>
/// <param name="Right">Those that say that the answer is right; null without any.</param>
public sealed record FeedbackFigures(long Count, Share? Right, double? MeanScore);

/// <summary>A member of the panel.</summary>
public sealed record MemberReport
{
    public required string Member { get; init; }

    /// <summary>Runs in which it was asked.</summary>
    public required long Asked { get; init; }

    /// <summary>Of these, those in which it answered usably.</summary>
    public required long Usable { get; init; }

    /// <summary>The others, by what became of the call; the most frequent reason first.</summary>
    public required IReadOnlyList<MissingFigures> Missing { get; init; }

    /// <summary>Of its answers in runs in which it is known whose answer was given, those that say the same.</summary>
    public Share? Won { get; init; }

    /// <summary>Of its compared answers, those that no other member shares.</summary>
    public Share? Alone { get; init; }

    /// <summary>Of the compared runs in which it was asked, those in which a vote without it decides otherwise.</summary>
    public Share? Decisive { get; init; }

    public decimal? PerAnswerUsd { get; init; }

    /// <summary>The share of its calls in the cost of runs whose cost is known; null without such a cost.</summary>
    public double? CostShare { get; init; }

    /// <summary>Of the time in which panels were open, the part in which it alone was waited for.</summary>
    public double? WaitingShare { get; init; }

    /// <summary>Runs in which its answer completed the quorum.</summary>
    public long LastBeforeQuorum { get; init; }

    /// <summary>Runs in which it was waited for, and cancelled.</summary>
    public long Straggler { get; init; }

    public long? P50Ms { get; init; }

    public long? P95Ms { get; init; }

    /// <summary>Of the answers with feedback that its own agreed with, those that are right.</summary>
    public Share? RightWith { get; init; }

    /// <summary>Of the answers with feedback that its own contradicted, those that are right: it was wrong then.</summary>
    public Share? RightAgainst { get; init; }
}

/// <param name="Reason">As sub-calls have it, as <c>timed_out</c> or <c>cancelled</c>.</param>
public sealed record MissingFigures(string Reason, long Count);

/// <param name="Agreed">Of the compared answers of both, those that say the same.</param>
public sealed record PairAgreement(string First, string Second, Share Agreed);
