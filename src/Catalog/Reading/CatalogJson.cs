using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ensemble.Catalog.Reading;

/// <summary>The bytes of a file before they are JSON: size, encoding, syntax.</summary>
internal static class CatalogJson
{
    public const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    /// <returns>The document, whose strings can all be read; or null and one issue that says where it breaks.</returns>
    public static (JsonDocument? Document, CatalogIssue? Issue) Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return (null, new CatalogIssue("", $"is larger than {MaxBytes / 1024 / 1024} MiB", $"{json.Length} bytes", "Make it smaller."));
        }

        if (json.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            return (null, At(json.Span, LengthOfValidUtf8(json.Span), "is not UTF-8", "Save the file as UTF-8."));
        }

        try
        {
            CheckStrings(json.Span);
            return (JsonSanitizer.Parse(json, Options), null);
        }
        catch (JsonException exception)
        {
            return (null, OtherFormat(json.Span)
                ?? At(json.Span, OffsetOf(json.Span, exception), $"is not valid JSON: {Reason(exception)}", Fix(exception)));
        }
    }

    /// <summary>A text that cannot be the beginning of a catalog in JSON, because another format was written.</summary>
    private static CatalogIssue? OtherFormat(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
        {
            return At(text, 0, "is empty", "Write {\"models\": []} and add models to the list.");
        }

        // A comment, a mark or a word at the start of a line: YAML, TOML, or lines of an environment.
        return text[start] is (byte)'#' or (byte)'-' or (byte)'_' or (byte)'%' || char.IsAsciiLetter((char)text[start])
            ? At(
                text, start, "is not JSON, but another format, as YAML",
                "Write the catalog as JSON: {\"models\": [{\"display_name\": \"…\", …}]}.")
            : null;
    }

    private static string Fix(JsonException exception) => exception.Message.Contains("escapable", StringComparison.Ordinal)
        ? "Write a backslash as two: \"file:C:\\\\folder\\\\name\"."
        : "Correct the text there, or just before.";

    /// <summary>
    /// An escaped half of a surrogate pair is valid JSON, but no text: found here, so that no later read of a string can fail.
    /// </summary>
    private static void CheckStrings(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = MaxDepth,
        });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && !JsonSanitizer.IsWellFormed(reader.ValueSpan))
            {
                var (line, start) = LineAt(json, (int)reader.TokenStartIndex);
                throw new JsonException("A string holds half of a surrogate pair.", null, line, reader.TokenStartIndex - start);
            }
        }
    }

    private static string Reason(JsonException exception)
    {
        var message = exception.Message;

        // This one message quotes the text, which may be a secret without its quotes.
        if (message.Contains("invalid JSON literal", StringComparison.Ordinal))
        {
            return "there is text without quotes that is neither true, false nor null";
        }

        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return ConfigText.Printable((end < 0 ? message : message[..end]).TrimEnd('.'));
    }

    private static int OffsetOf(ReadOnlySpan<byte> json, JsonException exception)
    {
        var offset = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            var next = json[offset..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            offset += next + 1;
        }

        return (int)Math.Min(json.Length, offset + (exception.BytePositionInLine ?? 0));
    }

    private static CatalogIssue At(ReadOnlySpan<byte> json, int offset, string rule, string fix)
    {
        var (line, start) = LineAt(json, offset);
        var column = Encoding.UTF8.GetCharCount(json[start..offset]) + 1;
        return new CatalogIssue($"line {line + 1}, column {column}", rule, null, fix);
    }

    private static (int Line, int Start) LineAt(ReadOnlySpan<byte> json, int offset)
    {
        var before = json[..offset];
        return (before.Count((byte)'\n'), before.LastIndexOf((byte)'\n') + 1);
    }

    private static int LengthOfValidUtf8(ReadOnlySpan<byte> bytes)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out var consumed) == OperationStatus.Done)
        {
            valid += consumed;
        }

        return valid;
    }
}
