using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ensemble.Judging;

/// <summary>
/// Marker lines around material in a prompt. They carry a nonce that the material does not contain, so that nothing in a
/// candidate can end its own fence or open another.
/// </summary>
internal readonly record struct Delimiter(string Nonce)
{
    /// <summary>Draws nonces until one stands in none of the texts.</summary>
    public static Delimiter Around(IEnumerable<string> texts, Random random)
    {
        var all = texts as IReadOnlyCollection<string> ?? [.. texts];
        while (true)
        {
            var nonce = random.NextInt64(0x1000_0000_0000, 0x1_0000_0000_0000).ToString("x12");
            if (!all.Any(text => text.Contains(nonce, StringComparison.Ordinal)))
            {
                return new Delimiter(nonce);
            }
        }
    }

    /// <summary>
    /// The same for all texts that do not contain it: a prompt that begins with them then begins alike each time, and a provider's cache
    /// finds it.
    /// </summary>
    public static Delimiter Constant(IReadOnlyCollection<string> texts)
    {
        Span<byte> number = stackalloc byte[4];
        for (var index = 0; ; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, index);
            var nonce = Convert.ToHexStringLower(SHA256.HashData(number))[..12];
            if (!texts.Any(text => text.Contains(nonce, StringComparison.Ordinal)))
            {
                return new Delimiter(nonce);
            }
        }
    }

    /// <param name="name">What stands inside, as <c>candidate A</c>.</param>
    public void Write(PromptWriter prompt, string name, ReadOnlySpan<char> text) =>
        prompt.Write("<<<").Write(name).Write(" ").Write(Nonce).Write(">>>\n")
            .Write(text)
            .Write("\n<<<end ").Write(name).Write(" ").Write(Nonce).Write(">>>\n");
}
