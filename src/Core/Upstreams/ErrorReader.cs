using System.Text;
using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>
/// Reads an error in the shapes that compatible servers use: OpenAI's object, Gemini's array of it, a bare
/// <c>message</c> (vLLM, Mistral), FastAPI's <c>detail</c>, plain text.
/// </summary>
internal static class ErrorReader
{
    private const int LongestMessage = 1000;

    /// <summary>Reads the body of an answer whose status says that it failed.</summary>
    public static UpstreamError ReadBody(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            reader.Read();
            if (Read(ref reader) is { } error)
            {
                return error;
            }
        }
        catch (JsonException)
        {
            // Not JSON, or cut at the limit: its text is all there is.
        }

        return new UpstreamError(Cut(Encoding.UTF8.GetString(body)));
    }

    /// <summary>Reads the value at which the reader stands, to its end.</summary>
    /// <returns>Null where the value is null, false or holds nothing of an error.</returns>
    public static UpstreamError? Read(ref Utf8JsonReader reader)
    {
        return Read(SoundJson.Take(ref reader));
    }

    private static UpstreamError? Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return new UpstreamError(Cut(value.Text()!));
            case JsonValueKind.Array:
                return value.GetArrayLength() > 0 ? Read(value[0]) : null;
            case JsonValueKind.Object:
                break;
            default:
                return null;
        }

        if (value.TryMember("error", out var inner) && Read(inner) is { } error)
        {
            // {"error": "text", "code": …}: what stands beside the text belongs to it.
            return inner.ValueKind == JsonValueKind.String ? Describe(value, error) : error;
        }

        if (value.TryMember("message", out var message) && message.ValueKind != JsonValueKind.Null)
        {
            var text = message.ValueKind == JsonValueKind.Object ? Read(message) : null;
            return Describe(value, text ?? new UpstreamError(Cut(Text(message) ?? message.RawText())));
        }

        if (value.TryMember("detail", out var detail))
        {
            return Detail(detail);
        }

        return Text(value, "code") is null && Text(value, "type") is null && Text(value, "msg") is null
            ? null
            : Describe(value, new UpstreamError(Text(value, "msg") is { } msg ? Cut(msg) : "The provider reported an error without a message."));
    }

    private static UpstreamError Describe(JsonElement value, UpstreamError error) => error with
    {
        Type = Text(value, "type") ?? error.Type ?? Text(value, "status"),
        Code = IsFiltered(value) ? "content_filter" : Text(value, "code") ?? error.Code,
        Param = Text(value, "param") ?? error.Param,
    };

    /// <summary>Azure's own word for a prompt that its filter stopped, beside codes that differ by version.</summary>
    private static bool IsFiltered(JsonElement value) =>
        value.TryMember("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object
        && Text(inner, "code") == "ResponsibleAIPolicyViolation";

    private static UpstreamError? Detail(JsonElement detail)
    {
        if (detail.ValueKind != JsonValueKind.Array || detail.GetArrayLength() == 0 || detail[0].ValueKind != JsonValueKind.Object)
        {
            return Read(detail);
        }

        var first = detail[0];
        string? param = null;
        if (first.TryMember("loc", out var location) && location.ValueKind == JsonValueKind.Array)
        {
            param = string.Join('.', location.EnumerateArray().Select(part => Text(part) ?? "").Where(part => part != "body"));
        }

        var message = Text(first, "msg") ?? "The provider could not read the request.";
        return new UpstreamError(Cut(param is null ? message : $"{param}: {message}")) { Type = Text(first, "type"), Param = param };
    }

    private static string? Text(JsonElement value, string name) => value.TryMember(name, out var inner) ? Text(inner) : null;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Cut(value.Text()!),
        JsonValueKind.Number => Cut(value.RawText()),
        _ => null,
    };

    private static string Cut(string text)
    {
        text = text.Trim();
        return text.Length <= LongestMessage ? text : text[..LongestMessage];
    }
}
