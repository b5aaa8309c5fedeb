using System.Text;
using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>
/// Reads an error in the shapes that compatible servers use: OpenAI's object, an array of it (Gemini), a bare <c>message</c> (vLLM,
/// Mistral), FastAPI's <c>detail</c>, any of these as JSON text within a string, plain text.
/// </summary>
internal static class ErrorReader
{
    private const int MaxMessageLength = 1000;
    private const string NoMessage = "The provider reported an error without a message.";

    private static readonly string[] PathFields = ["loc", "path", "pointer", "field", "parameter"];

    /// <summary>How deep a message may hold a message.</summary>
    private const int MaxDepth = 6;

    /// <summary>Reads the body of an answer whose status says that it failed.</summary>
    /// <param name="time">For waits that the body gives as a moment; null = those are not read.</param>
    public static UpstreamError ReadBody(ReadOnlySpan<byte> body, TimeProvider? time = null) =>
        // Not JSON, or cut at the limit: its text is all there is.
        ReadJson(body, time) ?? ReadJson(EventData(body), time) ?? new UpstreamError(Cut(Encoding.UTF8.GetString(body)));

    /// <summary>Reads what came in the place of an answer, with a status that tells of none.</summary>
    /// <returns>Null where it is not JSON, or says nothing for people to read.</returns>
    public static UpstreamError? ReadUnexpected(ReadOnlySpan<byte> body) =>
        ReadJson(body, null) is { Message: not NoMessage and not "" } error ? error : null;

    /// <summary>The data of the first event, where a body is a stream of them; else nothing.</summary>
    private static ReadOnlySpan<byte> EventData(ReadOnlySpan<byte> body)
    {
        var start = body.StartsWith("data:"u8) ? 0 : body.IndexOf("\ndata:"u8) + 1;
        if (!body.StartsWith("data:"u8) && (start == 0 || !body.StartsWith("event:"u8)))
        {
            return default;
        }

        var data = body[(start + "data:"u8.Length)..];
        var end = data.IndexOfAny((byte)'\r', (byte)'\n');
        return (end < 0 ? data : data[..end]).Trim((byte)' ');
    }

    private static UpstreamError? ReadJson(ReadOnlySpan<byte> body, TimeProvider? time)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            reader.Read();
            return Read(ref reader, time);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the value at which the reader stands, to its end.</summary>
    /// <param name="time">As for <see cref="ReadBody"/>.</param>
    /// <returns>Null where the value is null, false, blank or holds nothing of an error.</returns>
    /// <exception cref="JsonException">The value is cut, or not JSON.</exception>
    public static UpstreamError? Read(ref Utf8JsonReader reader, TimeProvider? time = null)
    {
        var value = JsonSanitizer.Take(ref reader);
        return Read(value, 0) is { } error ? error with { RetryAfter = RetryAfter.Read(value, time) } : null;
    }

    private static UpstreamError? Read(JsonElement value, int depth)
    {
        if (depth > MaxDepth)
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.Text()!;
                return string.IsNullOrWhiteSpace(text) ? null : Inner(text, depth) ?? new UpstreamError(Cut(text));
            case JsonValueKind.Array:
                return value.Items().Select(item => Read(item, depth + 1)).FirstOrDefault(error => error is not null);
            case JsonValueKind.Object:
                return ReadObject(value, depth + 1);
            default:
                return null;
        }
    }

    private static UpstreamError? ReadObject(JsonElement value, int depth)
    {
        foreach (var name in (ReadOnlySpan<string>)["error", "errors"])
        {
            if (value.TryMember(name, out var inner) && Read(inner, depth) is { } error)
            {
                // {"error": "text", "code": …}: what stands beside the text belongs to it.
                return inner.ValueKind == JsonValueKind.String ? Describe(value, error, depth) : error;
            }
        }

        if (value.TryMember("message", out var message) && message.ValueKind != JsonValueKind.Null && !IsBlank(message))
        {
            return Describe(value, Read(message, depth) ?? new UpstreamError(Cut(message.RawText())), depth);
        }

        if (value.TryMember("detail", out var detail) && Detail(detail, depth) is { } detailed)
        {
            return Describe(value, detailed, depth);
        }

        var says = Text(value, "msg") ?? Text(value, "error_msg") ?? Text(value, "error_message") ?? Text(value, "title");
        return says is null && Text(value, "code") is null && Text(value, "type") is null
            ? null
            : Describe(value, new UpstreamError(says ?? NoMessage), depth);
    }

    private static UpstreamError Describe(JsonElement value, UpstreamError error, int depth)
    {
        // A router's "Provider returned error" has what the provider said beside it.
        var relayed = value.Member("metadata")?.Member("raw") is { } raw ? Read(raw, depth) : null;
        return error with
        {
            Message = relayed is null ? error.Message : Cut($"{error.Message.TrimEnd('.')}: {relayed.Message}"),
            Type = Text(value, "type") ?? error.Type ?? Text(value, "status") ?? relayed?.Type,
            Code = Reason(value) ?? Text(value, "code") ?? error.Code ?? relayed?.Code,
            Param = Text(value, "param") ?? FieldPath(value) ?? error.Param ?? relayed?.Param,
        };
    }

    /// <summary>
    /// A stable reason beside a code that says less: Azure's filter, OpenRouter's moderation, a key that Google does not know.
    /// </summary>
    private static string? Reason(JsonElement value)
    {
        if (value.Member("innererror")?.Member("code") is { } inner && inner.TextIs("ResponsibleAIPolicyViolation"))
        {
            return "content_filter";
        }

        if (value.Member("metadata") is { } metadata && (metadata.Member("flagged_input") ?? metadata.Member("reasons")) is not null)
        {
            return "content_filter";
        }

        return value.Member("details") is { } details
            && details.Items().Any(item => item.Member("reason") is { } reason && reason.TextIs("API_KEY_INVALID"))
            ? "invalid_api_key"
            : null;
    }

    private static UpstreamError? Detail(JsonElement detail, int depth)
    {
        if (detail.Items().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } first || first.Member("loc") is not { } location)
        {
            return Read(detail, depth);
        }

        var param = Path(location);
        var message = Text(first, "msg") ?? "The provider could not read the request.";
        return new UpstreamError(Cut($"{param}: {message}")) { Type = Text(first, "type"), Param = param };
    }

    /// <returns>Null where none of the fields that hold a path is there.</returns>
    private static string? FieldPath(JsonElement value) =>
        PathFields
            .Select(name => value.Member(name) is { } path ? Text(path) ?? Path(path) : null)
            .FirstOrDefault(path => !string.IsNullOrEmpty(path));

    private static string Path(JsonElement parts) =>
        string.Join('.', parts.Items().Select(part => Text(part) ?? "").Where(part => part != "body"));

    /// <summary>Reads JSON text within a string; of other text the message stays, and what an object in it says besides is kept.</summary>
    private static UpstreamError? Inner(string text, int depth)
    {
        var start = text.AsSpan().IndexOfAny('{', '[');
        if (start < 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]));
        try
        {
            reader.Read();
            var error = Read(JsonSanitizer.Take(ref reader), depth + 1);
            return error is null || string.IsNullOrWhiteSpace(text[..start]) ? error : error with { Message = Cut(text) };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value, string name) => value.TryMember(name, out var inner) ? Text(inner) : null;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when !IsBlank(value) => Cut(value.Text()!),
        JsonValueKind.Number => Cut(value.RawText()),
        _ => null,
    };

    private static bool IsBlank(JsonElement value) => value.Text() is { } text && string.IsNullOrWhiteSpace(text);

    private static string Cut(string text)
    {
        text = text.Trim();
        return text.Length <= MaxMessageLength ? text : text[..MaxMessageLength];
    }
}
