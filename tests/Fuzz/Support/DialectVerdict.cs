using System.Text;
using System.Text.Json;

namespace Ensemble.Fuzz.Tests.Support;

/// <summary>What an answer over another API than chat completions has to be.</summary>
internal static class DialectVerdict
{
    private static readonly string[] Ends = ["response.completed", "response.incomplete", "message_stop"];
    private static readonly string[] Failures = ["response.failed", "error"];

    private static readonly string[] ErrorTypes =
    [
        "invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error", "request_too_large",
        "rate_limit_error", "overloaded_error", "timeout_error", "api_error",
    ];

    /// <returns>Null where the answer is right, or a clear error.</returns>
    public static string? Of(string path, int status, string? contentType, byte[] body, bool isBroken)
    {
        if (status != 200)
        {
            return path == "/v1/responses" ? Verdict.OfError(status, body) : OfMessagesError(status, body);
        }

        if (contentType == "text/event-stream")
        {
            return OfStream(body, isBroken);
        }

        if (isBroken || Verdict.Parse(body) is not { ValueKind: JsonValueKind.Object } json)
        {
            return "a whole answer that is no object, or was cut";
        }

        return json.TryGetProperty("output", out _) || json.TryGetProperty("content", out _) || json.TryGetProperty("input_tokens", out _)
            ? null
            : "an answer without content";
    }

    private static string? OfMessagesError(int status, byte[] body)
    {
        if (Verdict.Parse(body) is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("error", out var error))
        {
            return $"{status} without an error object";
        }

        return status == 500 ? "a fault of the gateway"
            : !ErrorTypes.Contains(error.GetProperty("type").GetString()) ? $"an error of type {error.GetProperty("type")}"
            : string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()) ? "an error without a message"
            : null;
    }

    private static string? OfStream(byte[] body, bool isBroken)
    {
        string? last = null;
        var open = new HashSet<int>();
        foreach (var block in Encoding.UTF8.GetString(body).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(block => !block.StartsWith(':')))
        {
            var data = block[(block.IndexOf("\ndata: ", StringComparison.Ordinal) + "\ndata: ".Length)..];
            if (Verdict.Parse(Encoding.UTF8.GetBytes(data)) is not { ValueKind: JsonValueKind.Object } json)
            {
                return $"an event is no JSON object: {data}";
            }

            last = json.GetProperty("type").GetString()!;
            var index = json.TryGetProperty("output_index", out var place) || json.TryGetProperty("index", out place) ? place.GetInt32() : -1;
            if (last is "response.output_item.added" or "content_block_start" ? !open.Add(index) || open.Count > 1
                : last is "response.output_item.done" or "content_block_stop" ? !open.Remove(index)
                : index >= 0 && !open.Contains(index))
            {
                return $"{last} of {index} where {string.Join(", ", open)} is open";
            }
        }

        return Ends.Contains(last) ? isBroken ? "a stream was cut after its end" : null
            : Failures.Contains(last) ? isBroken ? null : "a failure without a cut"
            : $"a stream ends with {last ?? "nothing"}";
    }
}
