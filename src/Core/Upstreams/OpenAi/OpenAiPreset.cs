namespace Ensemble.Upstreams.OpenAi;

/// <summary>How requests differ for one provider or model, before its operator's own <c>params</c>.</summary>
internal sealed record OpenAiPreset
{
    /// <summary>Fields that are never sent.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Whether <c>temperature</c> is sent only where it is 1.</summary>
    public bool OnlyDefaultTemperature { get; init; }

    /// <summary>Whether <c>max_tokens</c> is sent as <c>max_completion_tokens</c>.</summary>
    public bool RenamesMaxTokens { get; init; }

    /// <summary>The role sent for <c>developer</c>; null = it stays.</summary>
    public string? DeveloperRole { get; init; }
}
