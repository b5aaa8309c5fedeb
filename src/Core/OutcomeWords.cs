using System.Collections.Frozen;

namespace Ensemble;

/// <summary>
/// The words that outcomes had in older versions. Today's are the names of <see cref="Runs.RunFailureKind"/> and
/// <see cref="Upstreams.CallOutcome"/>; rows and manifests that are stored, nodes of an older version, and queries may still have these.
/// </summary>
public sealed class OutcomeWords
{
    /// <summary>Of runs.</summary>
    public static readonly OutcomeWords Runs = new(
        ("rate_limited", "panel_rate_limited"),
        ("judge_timed_out", "judge_timeout"),
        ("direct_rate_limited", "rate_limit_exceeded"),
        ("direct_failed", "upstream_failed"),
        ("direct_timed_out", "upstream_timeout"),
        ("internal", "internal_error"),
        ("interrupted", "run_interrupted"),
        ("out_of_memory", "overloaded"));

    /// <summary>Of sub-calls.</summary>
    public static readonly OutcomeWords Calls = new(("over_budget", "budget_exceeded"));

    private readonly FrozenDictionary<string, string> _current;
    private readonly FrozenDictionary<string, string> _former;

    private OutcomeWords(params (string Former, string Current)[] renamed)
    {
        Renamed = renamed;
        _current = renamed.ToFrozenDictionary(static pair => pair.Former, static pair => pair.Current, StringComparer.Ordinal);
        _former = renamed.ToFrozenDictionary(static pair => pair.Current, static pair => pair.Former, StringComparer.Ordinal);
    }

    /// <summary>Each word that was renamed.</summary>
    public IReadOnlyList<(string Former, string Current)> Renamed { get; }

    /// <returns>Today's word for what may be a former one.</returns>
    public string Current(string word) => _current.GetValueOrDefault(word, word);

    /// <returns>The former word for what has today's; null where it always had it.</returns>
    public string? Former(string word) => _former.GetValueOrDefault(word);
}
