using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>The events of a streamed message, each as the API's reference shows it.</summary>
public static class AnthropicStep
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The first event; its output tokens are not the last word.</summary>
    public static StubStep Start(int inputTokens = 10, int cacheRead = 0, int cacheWritten = 0) => Event("message_start", new JsonObject
    {
        ["message"] = new JsonObject
        {
            ["id"] = "msg_stub",
            ["type"] = "message",
            ["role"] = "assistant",
            ["content"] = new JsonArray(),
            ["model"] = "stub",
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["usage"] = Usage(inputTokens, 1, cacheRead, cacheWritten),
        },
    });

    public static StubStep Ping() => Event("ping", []);

    public static StubStep TextStart(int index) => Block(index, new JsonObject { ["type"] = "text", ["text"] = "" });

    public static StubStep Text(int index, string text) => Delta(index, new JsonObject { ["type"] = "text_delta", ["text"] = text });

    public static StubStep ThinkingStart(int index) =>
        Block(index, new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" });

    public static StubStep Thinking(int index, string thought) =>
        Delta(index, new JsonObject { ["type"] = "thinking_delta", ["thinking"] = thought });

    public static StubStep Signature(int index) => Delta(index, new JsonObject { ["type"] = "signature_delta", ["signature"] = "c2ln" });

    public static StubStep ToolStart(int index, string id, string name) =>
        Block(index, new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = name, ["input"] = new JsonObject() });

    public static StubStep Arguments(int index, string piece) =>
        Delta(index, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece });

    public static StubStep Stop(int index) => Event("content_block_stop", new JsonObject { ["index"] = index });

    /// <summary>Why it ended, and the tokens of all of it.</summary>
    public static StubStep End(string stopReason = "end_turn", int outputTokens = 5) => Event("message_delta", new JsonObject
    {
        ["delta"] = new JsonObject { ["stop_reason"] = stopReason, ["stop_sequence"] = null },
        ["usage"] = new JsonObject { ["output_tokens"] = outputTokens },
    });

    public static StubStep Done() => Event("message_stop", []);

    public static StubStep Error(string type, string message) =>
        Event("error", new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["message"] = message } });

    internal static JsonObject Usage(int input, int output, int cacheRead = 0, int cacheWritten = 0) => new()
    {
        ["input_tokens"] = input,
        ["cache_creation_input_tokens"] = cacheWritten,
        ["cache_read_input_tokens"] = cacheRead,
        ["output_tokens"] = output,
        ["service_tier"] = "standard",
    };

    private static StubStep Block(int index, JsonObject block) =>
        Event("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = block });

    private static StubStep Delta(int index, JsonObject delta) =>
        Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta });

    private static StubStep Event(string type, JsonObject data)
    {
        data.Insert(0, "type", type);
        return StubStep.Event(type, data.ToJsonString(Json));
    }
}
