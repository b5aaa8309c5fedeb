namespace Ensemble.Catalog;

/// <summary>How a panel's answers become one.</summary>
public enum StrategyKind
{
    /// <summary>A judge writes one answer from the candidates.</summary>
    Synthesize,

    /// <summary>A judge picks a candidate.</summary>
    BestOf,

    /// <summary>The answer that most weight stands behind.</summary>
    Vote,

    /// <summary>The candidate nearest to what all of them say.</summary>
    Consensus,

    /// <summary>The candidate whose model is surest of it.</summary>
    Confidence,

    /// <summary>One of the others, by what the candidates look like.</summary>
    Adaptive,

    /// <summary>Cheap members first, further ones only where those do not agree.</summary>
    Cascade,

    /// <summary>One model answers, another audits, a third answers again where the audit fails.</summary>
    Verify,

    /// <summary>One model answers: which one, the request decides.</summary>
    Route,

    /// <summary>A planner splits the request, members answer its parts, a judge puts them together.</summary>
    Specialist,
}
