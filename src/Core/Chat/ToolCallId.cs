using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Chat;

/// <summary>
/// The id under which a caller knows a tool call. It holds the provider's own id, so that any process can give that back to the model which
/// made the call, without having kept anything. Every other model gets nine letters and digits, which all providers take.
/// </summary>
internal static class ToolCallId
{
    public const string Prefix = "call_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Salt = 3;
    private const int Tag = 2;
    private const int Check = 2;
    private const int Header = Salt + Tag + Check;
    private const int ShortLength = 9;

    /// <param name="id">The provider's.</param>
    /// <param name="model">The alias of the model that made the call.</param>
    /// <param name="run">Ids of different runs differ, also where a provider counts its calls from 0 each time.</param>
    public static string Of(string id, string model, string run) => Write(TagOf(model), Encoding.UTF8.GetBytes(id), run);

    /// <summary>For a call to which its provider gave no id.</summary>
    /// <param name="number">Tells the calls of a run apart.</param>
    public static string OfUnnamed(int number, string run) => Write([0, 0], [.. BitConverter.GetBytes(number)], run);

    /// <summary>What a model is sent in place of an id.</summary>
    /// <param name="id">As the caller sent it.</param>
    /// <param name="model">The alias of the model that is asked.</param>
    /// <param name="isOwn">Whether that model made the call.</param>
    /// <returns>Null where the id is not one of ours: it is sent as it is.</returns>
    public static string? For(string id, string model, out bool isOwn)
    {
        isOwn = false;
        if (Read(id) is not { } bytes)
        {
            return null;
        }

        isOwn = bytes.AsSpan(Salt, Tag).SequenceEqual(TagOf(model));
        return isOwn ? Encoding.UTF8.GetString(bytes.AsSpan(Header)) : Short(id);
    }

    private static string Write(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> id, string run)
    {
        var bytes = new byte[Header + id.Length];
        SHA256.HashData(Encoding.UTF8.GetBytes(run)).AsSpan(0, Salt).CopyTo(bytes);
        tag.CopyTo(bytes.AsSpan(Salt));
        id.CopyTo(bytes.AsSpan(Header));
        CheckOf(bytes).CopyTo(bytes.AsSpan(Salt + Tag));
        Mask(bytes);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    private static byte[]? Read(string id)
    {
        if (!id.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(id.AsSpan(Prefix.Length), out var length)
            || length <= Header)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(id.AsSpan(Prefix.Length));
        Mask(bytes);
        return CheckOf(bytes).SequenceEqual(bytes.AsSpan(Salt + Tag, Check)) ? bytes : null;
    }

    // Nobody's secret, but a provider's id shows whose it is at a glance.
    private static void Mask(byte[] bytes)
    {
        Span<byte> seed = stackalloc byte[Salt + sizeof(int)];
        Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes];
        bytes.AsSpan(0, Salt).CopyTo(seed);
        for (var index = Salt; index < bytes.Length; index++)
        {
            var place = (index - Salt) % block.Length;
            if (place == 0)
            {
                BitConverter.TryWriteBytes(seed[Salt..], (index - Salt) / block.Length);
                SHA256.HashData(seed, block);
            }

            bytes[index] ^= block[place];
        }
    }

    private static ReadOnlySpan<byte> CheckOf(ReadOnlySpan<byte> bytes) =>
        SHA256.HashData([.. bytes[..(Salt + Tag)], .. bytes[Header..]]).AsSpan(0, Check);

    /// <summary>Of many names each is as likely: it tells models of one panel apart, and names none.</summary>
    private static byte[] TagOf(string model)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(model));
        return [(byte)(hash[0] | 1), hash[1]];
    }

    private static string Short(string id) => string.Create(ShortLength, SHA256.HashData(Encoding.UTF8.GetBytes(id)), static (text, hash) =>
    {
        for (var index = 0; index < text.Length; index++)
        {
            text[index] = Alphabet[hash[index] % Alphabet.Length];
        }
    });
}
