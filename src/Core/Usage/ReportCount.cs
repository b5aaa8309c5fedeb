namespace Ensemble.Usage;

/// <summary>What is counted for an ensemble's report, within one hour or over many.</summary>
/// <param name="Member">The name of a member, as <see cref="RunManifest.Members"/> has it; empty for the ensemble itself.</param>
/// <param name="Other">The second member of a pair, or the reason of what is missing; else empty.</param>
/// <param name="Place">A bucket of <see cref="TimeBuckets"/>, where times are counted; else 0.</param>
public readonly record struct ReportKey(ReportMeasure Measure, string Member = "", string Other = "", int Place = 0)
{
    /// <summary>One order everywhere, so that two who add to the same counts do not wait for each other in a circle.</summary>
    public static readonly Comparer<ReportKey> Order = Comparer<ReportKey>.Create(static (x, y) =>
        x.Measure != y.Measure ? x.Measure.CompareTo(y.Measure)
        : string.CompareOrdinal(x.Member, y.Member) is not 0 and var member ? member
        : string.CompareOrdinal(x.Other, y.Other) is not 0 and var other ? other
        : x.Place.CompareTo(y.Place));
}

/// <summary>Counts of one key add up, over runs and hours.</summary>
public readonly record struct ReportCount(ReportKey Key, long Value);

/// <summary>The counts of a time.</summary>
/// <param name="Totals">Each key once, in no order.</param>
/// <param name="Periods">The hours or days in which there were runs, in order.</param>
public sealed record ReportCounts(IReadOnlyList<ReportCount> Totals, IReadOnlyList<ReportPeriod> Periods);

/// <param name="Start">Of an hour or a day.</param>
/// <param name="Agreed">The runs whose answers were compared.</param>
/// <param name="AgreementMillionths">The sum of their agreements.</param>
public sealed record ReportPeriod(DateTimeOffset Start, long Runs, long Agreed, long AgreementMillionths);

/// <summary>What reports count. The numbers are stored: none is given to another measure.</summary>
public enum ReportMeasure
{
    /// <summary>Runs of the ensemble that asked its models; all of these are in the report.</summary>
    Runs = 1,

    /// <summary>Runs that took their panel's answers from another run: they are in no other count.</summary>
    Replays = 2,

    /// <summary>Runs that an older version executed: they are in no other count.</summary>
    Older = 3,

    Completed = 4,
    Cancelled = 5,
    Degraded = 6,

    /// <summary>Runs in which answers of two members or more were compared.</summary>
    Compared = 7,

    /// <summary>Runs that have an agreement.</summary>
    Agreed = 8,
    AgreementMillionths = 9,

    /// <summary>Runs that went without some of their calls.</summary>
    EarlyStops = 10,
    SavedCalls = 11,
    SavedTokens = 12,
    SavedNanoUsd = 13,

    /// <summary>Runs whose cost is known.</summary>
    Priced = 14,
    NanoUsd = 15,

    /// <summary>Completed runs, by the bucket of their time.</summary>
    Time = 16,

    /// <summary>The times in which panels were open, in milliseconds.</summary>
    PanelMs = 17,

    /// <summary>Compared runs of which is known whose answer was given.</summary>
    Decided = 18,

    /// <summary>Runs in which the member was asked; this and the following are of a member.</summary>
    Asked = 32,

    /// <summary>Of these, those in which it gave a usable answer.</summary>
    Usable = 33,

    /// <summary>The others, by what became of its call.</summary>
    Missing = 34,

    /// <summary>Its answers that were compared with one of another member.</summary>
    Answers = 35,

    /// <summary>Of these, those that no other member shares.</summary>
    Alone = 36,

    /// <summary>Its compared answers in runs of which is known whose answer was given.</summary>
    DecidedAnswers = 37,

    /// <summary>Of these, those that say what the answer says.</summary>
    Won = 38,

    /// <summary>Compared runs in which the member was asked.</summary>
    Voted = 39,

    /// <summary>Of these, those in which a vote without its answers decides otherwise.</summary>
    Decisive = 40,

    /// <summary>Runs in which its answer completed the quorum.</summary>
    LastBeforeQuorum = 41,

    /// <summary>Runs in which it was waited for, and cancelled.</summary>
    Straggler = 42,

    /// <summary>By how much earlier panels would have closed without it, in milliseconds.</summary>
    WaitedMs = 43,

    /// <summary>What its calls cost in runs whose cost is known.</summary>
    MemberNanoUsd = 44,

    /// <summary>Its answered calls whose cost is known.</summary>
    PricedAnswers = 45,
    AnswerNanoUsd = 46,

    /// <summary>Its answered calls, by the bucket of their time.</summary>
    AnswerTime = 47,

    /// <summary>Compared answers of two members.</summary>
    PairCompared = 64,

    /// <summary>Of these, those that say the same.</summary>
    PairAgreed = 65,

    /// <summary>Statements of callers and administrators about answers.</summary>
    Feedback = 80,

    /// <summary>Of these, those that say that it is right.</summary>
    FeedbackRight = 81,
    FeedbackScoreMillionths = 82,

    /// <summary>Statements about answers that a member's answer agreed with; this and the following are of a member.</summary>
    FeedbackWith = 83,
    FeedbackWithRight = 84,

    /// <summary>Statements about answers that a member's answer contradicted.</summary>
    FeedbackAgainst = 85,
    FeedbackAgainstRight = 86,
}
