using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Callers;

/// <summary>Tells who a caller is by its key.</summary>
internal sealed class Authenticator(ICatalog catalog, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    private static readonly Caller Local = new(null);

    /// <returns>The caller, or why there is none.</returns>
    public (Caller? Caller, ApiError? Error) Authenticate(HttpContext context)
    {
        var keys = catalog.Current.Keys;
        if (keys.Count == 0)
        {
            return LocalTrust.Holds(context)
                ? (Local, null)
                : (null, ApiErrors.KeylessFromAfar);
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header.Length == Scheme.Length)
        {
            return (null, ApiErrors.KeyMissing);
        }

        return Find(keys, header.AsSpan(Scheme.Length).Trim()) switch
        {
            null => (null, ApiErrors.KeyUnknown),
            { Disabled: true } => (null, ApiErrors.KeyDisabled),
            { ExpiresAt: { } expiry } when expiry <= time.GetUtcNow() => (null, ApiErrors.KeyExpired),
            var key => (new Caller(key), null),
        };
    }

    // Every key is compared, in constant time: how long it takes tells nothing about which one nearly matched.
    private static KeyConfig? Find(IReadOnlyList<KeyConfig> keys, ReadOnlySpan<char> presented)
    {
        if (presented.Length > 512)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(presented, utf8)], hash);
        KeyConfig? found = null;
        foreach (var key in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(key.Sha256.Span, hash))
            {
                found = key;
            }
        }

        return found;
    }
}
