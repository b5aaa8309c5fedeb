namespace Ensemble.Load.Failures;

/// <summary>What was seen in one case. Seconds count from when it happened.</summary>
internal sealed record CaseFigures
{
    public required FailureCase Case { get; init; }

    public required int Sent { get; init; }

    /// <summary>Failed, or not answered at all, with no byte shown.</summary>
    public required int Lost { get; init; }

    public required int Broken { get; init; }

    /// <summary>Answered 503 in a case that allows for it.</summary>
    public required int Refused { get; init; }

    /// <summary>Panel answers that were stored, and were asked for again.</summary>
    public required int StoredTwice { get; init; }

    /// <summary>95th percentile of answers before it happened, in seconds; null where there were few.</summary>
    public required double? UsualP95 { get; init; }

    /// <summary>The same of requests that were sent until it was over.</summary>
    public required double? P95Meanwhile { get; init; }

    /// <summary>What the case has to say for itself.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Lost or broken with the process that died, where its own requests are.</summary>
    public required int WithVictim { get; init; }

    /// <summary>Calls to members beyond the first of a request and model.</summary>
    public required int PanelTwice { get; init; }

    /// <summary>Calls to the judge beyond the first of a request.</summary>
    public required int JudgeTwice { get; init; }

    /// <summary>Most calls of the capped model in any 60 s.</summary>
    public required int MostInMinute { get; init; }

    /// <summary>Most calls of the capped model at once.</summary>
    public required int MostAtOnce { get; init; }

    public required UsageFigures Usage { get; init; }

    /// <summary>Seconds from the event to its repair.</summary>
    public required double Repaired { get; init; }

    /// <summary>Beyond this an answer has taken unusually long.</summary>
    public required double UsualSeconds { get; init; }

    public required int Disturbed { get; init; }

    /// <summary>When the first disturbed request ended; null = none was.</summary>
    public required double? FirstDisturbed { get; init; }

    /// <summary>When the last disturbed request ended; null = none was.</summary>
    public required double? LastDisturbed { get; init; }

    public required IReadOnlyList<PhaseFigures> Phases { get; init; }

    public required IReadOnlyList<(string Text, int Count)> Errors { get; init; }

    public required IReadOnlyList<(string Text, int Count)> Warnings { get; init; }

    /// <summary>Seconds until each long answer ended upstream; infinite where it did not.</summary>
    public required IReadOnlyList<double> LongEnds { get; init; }

    /// <summary>Seconds until answers took their usual time again; from the repair where there can be none before.</summary>
    public double Recovery => Math.Max(0, (LastDisturbed ?? 0) - (Case.IsRepaired ? Repaired : 0));

    public int OverMinute => Math.Max(0, MostInMinute - Cast.CappedRpm);

    public int OverAtOnce => Math.Max(0, MostAtOnce - Cast.CappedConcurrency);
}
