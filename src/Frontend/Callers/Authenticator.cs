using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Callers;

/// <summary>Tells who a caller is by its key.</summary>
internal sealed class Authenticator(ICatalog catalog, TimeProvider time)
{
    // As long as the catalog has the key: a request makes no caller of its own.
    private readonly ConditionalWeakTable<KeyConfig, Caller> _callers = [];

    /// <returns>The caller, or why there is none.</returns>
    public (Caller? Caller, ApiError? Error) Authenticate(HttpContext context)
    {
        var snapshot = catalog.Current;
        if (snapshot.Keys.Count == 0)
        {
            return LocalTrust.Holds(context)
                ? (Caller.Local, null)
                : (null, ApiErrors.KeyRequiredRemotely);
        }

        return PresentedKey.Of(context.Request) is not { } presented ? (null, ApiErrors.KeyMissing) : Find(snapshot, presented) switch
        {
            null => (null, ApiErrors.KeyUnknown),
            { Disabled: true } => (null, ApiErrors.KeyDisabled),
            { ExpiresAt: { } expiry } when expiry <= time.GetUtcNow() => (null, ApiErrors.KeyExpired),
            var key => (_callers.GetValue(key, static key => new Caller(key)), null),
        };
    }

    private static KeyConfig? Find(CatalogSnapshot snapshot, string presented)
    {
        if (presented.Length > 512)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(presented, utf8)], hash);
        return snapshot.FindKey(hash);
    }
}
