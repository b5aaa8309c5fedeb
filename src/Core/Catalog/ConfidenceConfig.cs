namespace Ensemble.Catalog;

/// <param name="Source">One for the whole run: figures of different sources cannot be compared.</param>
public sealed record ConfidenceConfig(ConfidenceSource Source = ConfidenceSource.Logprobs);

/// <summary>How it is known how sure a model is.</summary>
public enum ConfidenceSource
{
    /// <summary>The mean log-probability of the answer's tokens.</summary>
    Logprobs,

    /// <summary>A second call asks the model for a number.</summary>
    SelfReport,
}
