using System.Diagnostics.CodeAnalysis;

namespace Ensemble.Catalog;

/// <summary>Reads the secrets that a catalog only refers to. Asked for each call, so that a rotated key is used at once.</summary>
public interface ISecrets
{
    /// <returns>False where the secret is missing or cannot be read; never throws for that.</returns>
    bool TryResolve(SecretReference reference, [NotNullWhen(true)] out string? secret);
}
