namespace Ensemble.Catalog;

/// <summary>The dialect that a model's provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>OpenAI's chat completions, or any server compatible with them.</summary>
    OpenAi,

    /// <summary>Azure OpenAI: deployments of a resource, or its v1 surface.</summary>
    AzureOpenAi,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,

    /// <summary>Answers from this process, without a network.</summary>
    Simulated,
}
