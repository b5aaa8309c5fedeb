namespace Ensemble.Catalog;

/// <summary>A secret that cannot be had now. Names the reference, never the secret.</summary>
public sealed class SecretUnavailableException(SecretReference reference, string problem) : Exception(problem)
{
    public SecretReference Reference { get; } = reference;
}
