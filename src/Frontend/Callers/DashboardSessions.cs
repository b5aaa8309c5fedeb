using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ensemble.Frontend.Options;

namespace Ensemble.Frontend.Callers;

/// <summary>
/// Sessions of the dashboard's cookie. One is its end and a code over it that only processes with the same admin key can make: every
/// frontend of a cluster knows it, nothing is stored, and another admin key ends all of them.
/// </summary>
internal sealed class DashboardSessions(FrontendOptions options, TimeProvider time)
{
    /// <summary>How long a sign-in lasts: 12 hours.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int NonceLength = 16;
    private const int SignedLength = sizeof(long) + NonceLength;
    private const int Length = SignedLength + HMACSHA256.HashSizeInBytes;

    private readonly byte[]? _key = options.AdminKeySha256 is { } secret
        ? HKDF.DeriveKey(
            HashAlgorithmName.SHA256, secret.ToArray(), HMACSHA256.HashSizeInBytes, info: "ensemble dashboard session 1"u8.ToArray())
        : null;

    /// <summary>Begins a session after the admin key was shown.</summary>
    /// <exception cref="InvalidOperationException">No admin key is set.</exception>
    public string Begin()
    {
        var key = _key ?? throw new InvalidOperationException("No admin key is set.");
        Span<byte> session = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(session, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(session[sizeof(long)..SignedLength]);
        HMACSHA256.HashData(key, session[..SignedLength], session[SignedLength..]);
        return Base64Url.EncodeToString(session);
    }

    /// <summary>Whether it was begun here, and is not over.</summary>
    public bool Holds(string session)
    {
        Span<byte> sent = stackalloc byte[Length];
        if (_key is not { } key || session.Length != Base64Url.GetEncodedLength(Length)
            || !Base64Url.TryDecodeFromChars(session, sent, out var length) || length != Length)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, sent[..SignedLength], expected);
        return CryptographicOperations.FixedTimeEquals(expected, sent[SignedLength..])
            && BinaryPrimitives.ReadInt64BigEndian(sent) > time.GetUtcNow().ToUnixTimeSeconds();
    }
}
