namespace Ensemble.Catalog;

/// <summary>What one run may take at most. Reserved before a call is made, settled after it.</summary>
public sealed record BudgetConfig
{
    public static readonly BudgetConfig None = new();

    /// <summary>US dollars; null = any. Every model that the ensemble calls has a price then.</summary>
    public decimal? MaxCostUsd { get; init; }

    /// <summary>Tokens of all prompts and answers together; null = any.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Sub-calls of every kind; a retry is no further one. Null = any.</summary>
    public int? MaxCalls { get; init; }

    public bool IsSet => MaxCostUsd is not null || MaxTokens is not null || MaxCalls is not null;
}

/// <summary>What becomes of a run whose next call does not fit its budget.</summary>
public enum OnBudget
{
    /// <summary>It ends with what it has.</summary>
    Degrade,

    /// <summary>It fails, and spends nothing more.</summary>
    Fail,
}
