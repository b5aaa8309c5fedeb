using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Ensemble.Json;

/// <summary>
/// Parses JSON that others wrote. Grammar alone lets through what no string can hold: bytes that are not UTF-8, and an escape for half of a
/// surrogate pair. Each costs its character, which becomes U+FFFD; the rest is kept.
/// </summary>
public static class JsonSanitizer
{
    /// <summary>Of an escape by its number, as <c>\u00e9</c>.</summary>
    internal const int EscapeLength = 6;

    /// <summary>Whether every string in it can be read as it stands.</summary>
    /// <param name="json">JSON, or the inside of a JSON string.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && ((json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) || NextHalf(json, 0) < 0);

    /// <returns>The same bytes where they are sound, else a copy in which each half character is U+FFFD.</returns>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json) => IsWellFormed(json.Span) ? json : Repaired(json.Span);

    /// <returns>A copy in which each half character is U+FFFD.</returns>
    public static byte[] Copy(ReadOnlySpan<byte> json) => IsWellFormed(json) ? json.ToArray() : Repaired(json);

    /// <summary>Parses one value; a byte order mark before it is skipped.</summary>
    /// <exception cref="JsonException">Not one JSON value, or nested deeper than 64 levels.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default)
    {
        json = json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
#pragma warning disable RS0030 // This is the place that the ban names.
        return JsonDocument.Parse(Of(json), options);
#pragma warning restore RS0030
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, JsonDocumentOptions)"/>
    public static JsonDocument Parse(ReadOnlyMemory<char> json)
    {
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(json.Length)];
        return Parse(utf8.AsMemory(0, Encoding.UTF8.GetBytes(json.Span, utf8)));
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, JsonDocumentOptions)"/>
    public static JsonDocument Parse(string json) => Parse(json.AsMemory());

    /// <returns>Null where it is not one JSON value.</returns>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes the value at which the reader stands, which then stands at the value's end.</summary>
    /// <exception cref="JsonException">The value is cut, or not JSON.</exception>
    public static JsonElement Take(ref Utf8JsonReader reader)
    {
#pragma warning disable RS0030
        using var document = JsonDocument.ParseValue(ref reader);
#pragma warning restore RS0030
        var raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(document.RootElement);
        if (IsWellFormed(raw))
        {
            return document.RootElement.Clone();
        }

        // The reader has kept to its own depth.
        using var repaired = Parse(Repaired(raw), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        return repaired.RootElement.Clone();
    }

    /// <summary>Parses JSON to be edited; of members with the same name the last one counts, as for <see cref="JsonElement"/>.</summary>
    /// <exception cref="JsonException">Not one JSON value, or nested deeper than 64 levels.</exception>
    public static JsonNode? ParseNode(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        return Node(document.RootElement);
    }

    internal static string Decode(ReadOnlySpan<byte> insideOfString)
    {
        byte[] quoted = [(byte)'"', .. Repaired(insideOfString), (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
#pragma warning disable RS0030
        return reader.GetString()!;
#pragma warning restore RS0030
    }

    /// <returns>The UTF-16 unit that is escaped at the start of this; null where no such escape stands there.</returns>
    internal static char? EscapedUnit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json.StartsWith("\\u"u8)
        && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    members[property.NameText()] = Node(property.Value);
                }

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static byte[] Repaired(ReadOnlySpan<byte> json)
    {
        // Encoding.UTF8 puts U+FFFD in the place of what is not UTF-8.
        var repaired = Utf8.IsValid(json) ? json.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        for (var half = NextHalf(repaired, 0); half >= 0; half = NextHalf(repaired, half + EscapeLength))
        {
            "\\ufffd"u8.CopyTo(repaired.AsSpan(half));
        }

        return repaired;
    }

    /// <returns>Where the next escape for half of a pair begins; -1 for none.</returns>
    private static int NextHalf(ReadOnlySpan<byte> json, int start)
    {
        var index = start;
        while (index < json.Length)
        {
            var next = json[index..].IndexOf((byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            index += next;
            if (EscapedUnit(json[index..]) is not { } unit)
            {
                index += 2;
            }
            else if (char.IsHighSurrogate(unit) && EscapedUnit(json[(index + EscapeLength)..]) is { } low && char.IsLowSurrogate(low))
            {
                index += 2 * EscapeLength;
            }
            else if (char.IsSurrogate(unit))
            {
                return index;
            }
            else
            {
                index += EscapeLength;
            }
        }

        return -1;
    }
}
