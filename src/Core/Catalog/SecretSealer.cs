using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Catalog;

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

    internal string Seal(string secret, string audience)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var box = new byte[NonceBytes + text.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, text, box.AsSpan(NonceBytes, text.Length), box.AsSpan(NonceBytes + text.Length), Encoding.UTF8.GetBytes(audience));
        CryptographicOperations.ZeroMemory(text);
        return Prefix + Base64Url.EncodeToString(box);
    }

    /// <param name="location">The sealed text without its prefix.</param>
    /// <returns>False where it was changed, is for another audience, or was sealed with another key.</returns>
    internal bool TryOpen(string location, string audience, [NotNullWhen(true)] out string? secret)
    {
        secret = null;
        try
        {
            var box = Base64Url.DecodeFromChars(location);
            var length = box.Length - NonceBytes - TagBytes;
            if (length <= 0)
            {
                return false;
            }

            var text = new byte[length];
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, length), box.AsSpan(NonceBytes + length), text, Encoding.UTF8.GetBytes(audience));
            secret = Encoding.UTF8.GetString(text);
            CryptographicOperations.ZeroMemory(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
