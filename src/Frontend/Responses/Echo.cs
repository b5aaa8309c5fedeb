using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Responses;

/// <summary>What a response repeats of its request.</summary>
/// <param name="fields">Names, and their values as JSON.</param>
internal sealed class Echo((string Name, byte[] Json)[] fields)
{
    /// <summary>Of the values, in bytes.</summary>
    public long Size { get; } = fields.Sum(static field => (long)field.Json.Length);

    /// <exception cref="ChatRequestException"><c>metadata</c> is no object.</exception>
    public static Echo Of(JsonElement request)
    {
        var reasoning = request.Field("reasoning");
        var text = request.Field("text");
        return new Echo(
        [
            ("instructions", Value(request.Field("instructions"), "null")),
            ("max_output_tokens", Value(request.Field("max_output_tokens"), "null")),
            ("max_tool_calls", Value(request.Field("max_tool_calls"), "null")),
            ("metadata", Value(request.OptionalObject("metadata", "metadata"), "{}")),
            ("parallel_tool_calls", Value(request.Field("parallel_tool_calls"), "true")),
            ("previous_response_id", "null"u8.ToArray()),
            ("reasoning", [.. "{\"effort\":"u8, .. Value(reasoning.Field("effort"), "null"), .. ",\"summary\":null}"u8]),
            ("store", "false"u8.ToArray()),
            ("temperature", Value(request.Field("temperature"), "null")),
            ("text", [.. "{\"format\":"u8, .. Value(text.Field("format"), """{"type":"text"}"""), .. Verbosity(text), .. "}"u8]),
            ("tool_choice", Value(request.Field("tool_choice"), "\"auto\"")),
            ("tools", Value(request.Field("tools"), "[]")),
            ("top_p", Value(request.Field("top_p"), "null")),
            ("truncation", "\"disabled\""u8.ToArray()),
            ("user", Value(request.Field("user"), "null")),
        ]);
    }

    public void Write(Utf8JsonWriter json)
    {
        foreach (var (name, value) in fields)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value, skipInputValidation: true);
        }
    }

    private static byte[] Verbosity(JsonElement text) =>
        text.Field("verbosity") is var verbosity && verbosity.IsSet() ? [.. ",\"verbosity\":"u8, .. verbosity.Raw()] : [];

    private static byte[] Value(JsonElement value, string otherwise) =>
        value.IsSet() ? value.Raw().ToArray() : System.Text.Encoding.UTF8.GetBytes(otherwise);
}
