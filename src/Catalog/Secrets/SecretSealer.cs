using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Catalog.Secrets;

/// <summary>
/// Encrypts secrets that are stored in a catalog: AES-256-GCM with a fresh nonce for each, bound to the model and the host that
/// they are for, so that a sealed secret moved to another entry, or left on one whose address was changed, does not open.
/// </summary>
public sealed class SecretSealer
{
    /// <summary>What a sealed secret's text begins with; the number is the format's.</summary>
    internal const string Prefix = "sealed:v1:";

    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    private SecretSealer(byte[] key) => _key = key;

    /// <param name="masterKey">32 bytes as base64 or as hexadecimal digits.</param>
    /// <returns>False where it is neither.</returns>
    public static bool TryCreate(string masterKey, [NotNullWhen(true)] out SecretSealer? sealer)
    {
        var key = new byte[KeyBytes];
        var isKey = masterKey.Length == 2 * KeyBytes
            ? Convert.FromHexString(masterKey, key, out _, out _) == OperationStatus.Done
            : masterKey.Length <= 64 && Convert.TryFromBase64String(masterKey, key, out var length) && length == KeyBytes;
        sealer = isKey ? new SecretSealer(key) : null;
        return isKey;
    }

    /// <summary>A sealer with a random key that only this process has: what it seals cannot be read by other processes or after its end.</summary>
    public static SecretSealer CreateEphemeral() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    internal string Seal(string secret, string audience)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var box = Seal(text, audience);
        CryptographicOperations.ZeroMemory(text);
        return Prefix + Base64Url.EncodeToString(box);
    }

    /// <returns>A nonce, what was encrypted, and a tag.</returns>
    internal byte[] Seal(ReadOnlySpan<byte> data, string audience)
    {
        var box = new byte[NonceBytes + data.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(
            nonce, data, box.AsSpan(NonceBytes, data.Length), box.AsSpan(NonceBytes + data.Length), Encoding.UTF8.GetBytes(audience));
        return box;
    }

    /// <param name="location">The sealed text without its prefix.</param>
    /// <returns>False where it was changed, is for another audience, or was sealed with another key.</returns>
    internal bool TryOpen(string location, string audience, [NotNullWhen(true)] out string? secret)
    {
        secret = null;
        try
        {
            if (!TryOpen(Base64Url.DecodeFromChars(location), audience, out var text))
            {
                return false;
            }

            secret = Encoding.UTF8.GetString(text);
            CryptographicOperations.ZeroMemory(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <param name="box">As <see cref="Seal(ReadOnlySpan{byte}, string)"/> made it.</param>
    /// <returns>False where it was changed, is for another audience, or was sealed with another key.</returns>
    internal bool TryOpen(ReadOnlySpan<byte> box, string audience, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        var length = box.Length - NonceBytes - TagBytes;
        if (length <= 0)
        {
            return false;
        }

        var opened = new byte[length];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                box[..NonceBytes], box.Slice(NonceBytes, length), box[(NonceBytes + length)..], opened, Encoding.UTF8.GetBytes(audience));
        }
        catch (CryptographicException)
        {
            return false;
        }

        data = opened;
        return true;
    }
}
