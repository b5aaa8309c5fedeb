using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>Turns an <c>image_url</c> part into an image block: a data URL into its type and data, any other into an address.</summary>
internal static class ImageSource
{
    private static readonly ReadOnlyMemory<byte> UrlStart = """{"type":"image","source":{"type":"url","url":"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> UrlEnd = "}"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Quote = "\""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> DataEnd = "\"}"u8.ToArray();

    /// <returns>The block's pieces, without its end. The image itself is not copied.</returns>
    /// <exception cref="ChatRequestException">Not an image that the API takes.</exception>
    public static ReadOnlyMemory<byte>[] Read(ReadOnlyMemory<byte> source, JsonElement part, string path)
    {
        // Some clients write the address without the object around it.
        var hasImage = part.IsPresent("image_url", out var image);
        path += image.ValueKind == JsonValueKind.String ? ".image_url" : ".image_url.url";
        var url = image;
        if (!hasImage
            || (image.ValueKind != JsonValueKind.String && (!image.IsPresent("url", out url) || url.ValueKind != JsonValueKind.String)))
        {
            throw new ChatRequestException($"'{path}' is missing.", path);
        }

        var json = JsonSlice.Of(source, url);
        var raw = json[1..^1];
        var comma = raw.Span.IndexOf((byte)',');
        var head = Encoding.UTF8.GetString(raw.Span[..Math.Clamp(comma, 0, 256)]).Replace("\\/", "/", StringComparison.Ordinal);
        if (head.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return [DataStart(head, path), Quote, raw[(comma + 1)..], DataEnd];
        }

        return url.Text()!.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? [UrlStart, json, UrlEnd]
            : throw new ChatRequestException($"'{path}' is neither an https address nor a data URL.", path, "unsupported_content");
    }

    private static byte[] DataStart(string head, string path)
    {
        var type = head["data:".Length..].Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "image/jpeg" or "image/jpg" => "image/jpeg",
            "image/png" => "image/png",
            "image/gif" => "image/gif",
            "image/webp" => "image/webp",
            _ => throw new ChatRequestException(
                $"'{path}' is of a type that this model does not take: send JPEG, PNG, GIF or WebP.", path, "unsupported_content"),
        };
        return head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetBytes($$"""{"type":"image","source":{"type":"base64","media_type":"{{type}}","data":""")
            : throw new ChatRequestException($"'{path}' is a data URL that is not encoded as base64.", path, "unsupported_content");
    }
}
