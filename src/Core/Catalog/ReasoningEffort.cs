namespace Ensemble.Catalog;

/// <summary>How much a model thinks before it answers. A provider that knows no such level goes without.</summary>
public enum ReasoningEffort
{
    /// <summary>It does not think, where that can be turned off.</summary>
    None,

    Low,
    Medium,
    High,
}
