namespace Ensemble.Testing;

/// <summary>Whose API a stubbed provider speaks.</summary>
public enum StubDialect
{
    /// <summary>OpenAI's chat completions.</summary>
    OpenAi,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,
}
