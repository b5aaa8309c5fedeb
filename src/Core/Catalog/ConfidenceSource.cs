namespace Ensemble.Catalog;

/// <summary>How it is known how sure a model is.</summary>
public enum ConfidenceSource
{
    /// <summary>The mean log-probability of the answer's tokens.</summary>
    Logprobs,

    /// <summary>A second call asks the model for a number.</summary>
    SelfReport,
}
