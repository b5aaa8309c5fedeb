namespace Ensemble.Testing;

/// <summary>Which of Azure OpenAI's two surfaces a stub serves.</summary>
public enum StubAzure
{
    /// <summary><c>/openai/deployments/{name}/chat/completions?api-version=…</c>.</summary>
    Deployments,

    /// <summary><c>/openai/v1/chat/completions</c>, where the body's model names the deployment.</summary>
    V1,
}
