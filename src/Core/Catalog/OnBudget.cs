namespace Ensemble.Catalog;

/// <summary>What becomes of a run whose next call does not fit its budget.</summary>
public enum OnBudget
{
    /// <summary>It ends with what it has.</summary>
    Degrade,

    /// <summary>It fails, and spends nothing more.</summary>
    Fail,
}
