using System.Text;
using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Fuzz.Tests.Support;

/// <summary>What an answer of the gateway has to be, whatever it was asked or told.</summary>
internal static class Verdict
{
    private static readonly string[] FinishReasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];

    /// <returns>Null where the answer is right, or a clear error of the documented tables; else what is wrong.</returns>
    public static string? OfChat(int status, string? contentType, byte[] body, bool isBroken, bool isDirect)
    {
        if (status != 200)
        {
            return OfError(status, body);
        }

        if (contentType == "text/event-stream")
        {
            return OfStream(body, isBroken, isDirect);
        }

        if (isBroken)
        {
            return "a whole answer was cut";
        }

        return Parse(body) is { } json
            ? json.TryGetProperty("plan", out _) || json.TryGetProperty("calls", out _) ? null : OfCompletion(json, "message", isDirect)
            : "200 without JSON";
    }

    /// <returns>Null where the error is one of the documented tables.</returns>
    public static string? OfError(int status, byte[] body)
    {
        if (Parse(body) is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("error", out var error))
        {
            return $"{status} without an error object";
        }

        var code = error.GetProperty("code").GetString();
        return status == 500 || code == "internal_error" ? "internal_error"
            : string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()) ? "an error without a message"
            : DocumentedErrors.Has(status, code) ? null
            : $"status {status} with code {code ?? "null"} is not documented";
    }

    private static string? OfStream(byte[] body, bool isBroken, bool isDirect)
    {
        var finished = false;
        foreach (var line in Encoding.UTF8.GetString(body).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)))
        {
            var data = line["data: ".Length..];
            if (data == "[DONE]")
            {
                return isBroken ? "a stream was cut after its end" : finished ? null : "[DONE] without a finish reason";
            }

            if (Parse(Encoding.UTF8.GetBytes(data)) is not { ValueKind: JsonValueKind.Object } json)
            {
                return $"an event is no JSON object: {data}";
            }

            if (json.TryGetProperty("error", out var error))
            {
                return error.GetProperty("code").GetString() == "internal_error" ? "internal_error in the stream" : isBroken ? null : "an error event without a cut";
            }

            if (OfCompletion(json, "delta", isDirect) is { } problem)
            {
                return problem;
            }

            finished |= json.GetProperty("choices").EnumerateArray().Any(choice => choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String);
        }

        return "a stream without an end and without an error event";
    }

    private static string? OfCompletion(JsonElement json, string member, bool isDirect)
    {
        if (!json.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
        {
            return "no choices";
        }

        if (member == "message" && choices.GetArrayLength() == 0)
        {
            return "an answer with no choice";
        }

        foreach (var choice in choices.EnumerateArray())
        {
            if (!choice.TryGetProperty(member, out var message) || message.ValueKind != JsonValueKind.Object)
            {
                return $"a choice without {member}";
            }

            var reason = choice.TryGetProperty("finish_reason", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
            if (reason is null ? member == "message" : !FinishReasons.Contains(reason) && !isDirect)
            {
                return $"finish_reason {reason ?? "null"}";
            }
        }

        return null;
    }

    /// <returns>Null where it is not JSON that every client can read.</returns>
    public static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            ReadTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>As a client does: half a character in a text or a name throws.</summary>
    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
        }
    }
}
