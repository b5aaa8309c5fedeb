using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>A block of content: pieces of JSON that make one object.</summary>
internal readonly record struct ContentBlock(IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
{
    private static readonly ReadOnlyMemory<byte> TextStart = """{"type":"text","text":"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> CacheStart = ""","cache_control":"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Ephemeral = """{"type":"ephemeral"}"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> End = "}"u8.ToArray();

    /// <param name="json">A JSON string that is not blank.</param>
    /// <param name="cache">A JSON value by which the caller marks what the provider may cache; empty = none.</param>
    public static ContentBlock Text(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> cache = default) => Of([TextStart, json], cache);

    /// <param name="open">Pieces of an object without its end.</param>
    public static ContentBlock Of(ReadOnlySpan<ReadOnlyMemory<byte>> open, ReadOnlyMemory<byte> cache = default) =>
        new(cache.IsEmpty ? [.. open, End] : [.. open, CacheStart, cache, End]);

    /// <summary>Whether the caller marked it.</summary>
    public bool HasCacheMark => Pieces.Contains(CacheStart);

    /// <returns>The same, marked as the end of what the provider is to keep for requests that begin alike.</returns>
    public ContentBlock WithCacheMark() => new([.. Pieces.SkipLast(1), CacheStart, Ephemeral, End]);

    /// <returns>The same text without white space at its end; null where it is no text, or ends without any.</returns>
    public ContentBlock? WithoutTrailingSpace()
    {
        if (!Pieces[0].Equals(TextStart))
        {
            return null;
        }

        using var document = JsonSanitizer.Parse(Pieces[1]);
        var text = document.RootElement.Text()!;
        var trimmed = text.TrimEnd();
        return trimmed.Length == text.Length
            ? null
            : new ContentBlock([TextStart, JsonSerializer.SerializeToUtf8Bytes(trimmed, ChatJson.Default.String), .. Pieces.Skip(2)]);
    }
}
