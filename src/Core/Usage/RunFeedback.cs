namespace Ensemble.Usage;

/// <summary>Feedback of a caller or an administrator on a run's answer.</summary>
public sealed record RunFeedback
{
    /// <summary>The longest <see cref="Comment"/>, in bytes as it is kept.</summary>
    public const int MaxCommentBytes = 16 * 1024;

    /// <summary>From this score on an answer counts as right.</summary>
    public const double RightFrom = 0.5;

    private const double Millionth = 1_000_000;

    public required RunId Run { get; init; }

    /// <summary>The alias that the run's caller named.</summary>
    public required string Ensemble { get; init; }

    /// <summary>The run's.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The name of the key that sent it; null = a caller without a key, or an administrator.</summary>
    public string? Caller { get; init; }

    public bool IsAdministrator { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From 0, wrong, to 1, right; kept to the millionth.</summary>
    public required double Score { get; init; }

    /// <summary>Sealed; empty = there is none.</summary>
    public ReadOnlyMemory<byte> Comment { get; init; }

    /// <summary>Which members agreed with the answer; the same for all feedback on a run.</summary>
    public IReadOnlyList<FeedbackSide> Sides { get; init; } = [];

    /// <summary>
    /// Whether the report counts it: not of a replay, whose panel answered in another run, nor of a run without an answer. Default true.
    /// </summary>
    public bool IsCounted { get; init; } = true;

    public bool IsRight => Score >= RightFrom;

    /// <summary>As it is stored, and summed.</summary>
    public long ScoreMillionths => (long)Math.Round(Score * Millionth);

    public static double ScoreOf(long millionths) => millionths / Millionth;

    /// <summary>The counts that it adds to the report on the run's ensemble.</summary>
    public IReadOnlyList<ReportCount> Counts()
    {
        if (!IsCounted)
        {
            return [];
        }

        var right = IsRight ? 1 : 0;
        List<ReportCount> counts =
        [
            new(new ReportKey(ReportMeasure.Feedback), 1),
            new(new ReportKey(ReportMeasure.FeedbackRight), right),
            new(new ReportKey(ReportMeasure.FeedbackScoreMillionths), ScoreMillionths),
        ];
        foreach (var (member, isWith) in Sides)
        {
            counts.Add(new(new ReportKey(isWith ? ReportMeasure.FeedbackWith : ReportMeasure.FeedbackAgainst, member), 1));
            counts.Add(new(new ReportKey(isWith ? ReportMeasure.FeedbackWithRight : ReportMeasure.FeedbackAgainstRight, member), right));
        }

        return counts;
    }
}

/// <param name="IsWith">Whether an answer of the member says what the run's answer says.</param>
public readonly record struct FeedbackSide(string Member, bool IsWith);
