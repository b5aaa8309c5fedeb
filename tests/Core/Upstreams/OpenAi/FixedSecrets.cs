using System.Diagnostics.CodeAnalysis;
using Ensemble.Catalog;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

internal sealed class FixedSecrets : ISecrets
{
    public string? Secret { get; set; }

    public bool TryResolve(SecretReference reference, [NotNullWhen(true)] out string? secret)
    {
        secret = Secret;
        return secret is not null;
    }
}
