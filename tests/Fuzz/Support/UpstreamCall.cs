namespace Ensemble.Fuzz.Tests.Support;

/// <summary>A request that the gateway made.</summary>
internal sealed record UpstreamCall(string Path, string Body)
{
    public bool IsAnthropic => Path.EndsWith("/messages", StringComparison.Ordinal);

    public bool WantsVectors => Path.EndsWith("/embeddings", StringComparison.Ordinal);

    public bool WantsStream => Body.Contains("\"stream\":true", StringComparison.Ordinal);
}
