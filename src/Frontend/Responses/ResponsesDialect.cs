using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Responses;

/// <summary>OpenAI's Responses API, without what a server would have to keep or to execute.</summary>
internal sealed class ResponsesDialect : IDialect
{
    /// <summary>What an answer without reasoning items satisfies: some clients always ask for it.</summary>
    private const string EncryptedReasoning = "reasoning.encrypted_content";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["previous_response_id"] = "Responses are not stored: send the whole conversation as 'input'.",
        ["conversation"] = "Conversations are not stored: send the whole conversation as 'input'.",
        ["background"] = "An answer belongs to its request: leave it out, and use 'stream' for a long one.",
        ["prompt"] = "Prompt templates are not stored: send their text as 'instructions' and 'input'.",
        ["messages"] = "This is a field of chat completions: send 'input'.",
        ["max_tokens"] = "This is a field of chat completions: send 'max_output_tokens'.",
        ["max_completion_tokens"] = "This is a field of chat completions: send 'max_output_tokens'.",
        ["response_format"] = "This is a field of chat completions: send 'text.format'.",
        ["reasoning_effort"] = "This is a field of chat completions: send 'reasoning.effort'.",
        ["functions"] = "This is a field of chat completions: send 'tools'.",
        ["function_call"] = "This is a field of chat completions: send 'tool_choice'.",
        ["n"] = "A response has one answer: leave it out.",
        ["logprobs"] = "A response has no log-probabilities: leave it out, or use chat completions.",
        ["top_logprobs"] = "A response has no log-probabilities: leave it out, or use chat completions.",
        ["audio"] = "A response is text: leave it out.",
        ["modalities"] = "A response is text: leave it out.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Translated, or known to change nothing; every other field goes on as it is.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "max_output_tokens", "reasoning",
        "metadata", "store", "stream", "stream_options", "include", "truncation", "max_tool_calls");

    /// <summary>A function's schema is one level deeper in a chat request.</summary>
    public ChatLimits Limits { get; } = ChatLimits.Default with { MaxDepth = ChatLimits.Default.MaxDepth + 1 };

    public TranslatedRequest Read(ReadOnlyMemory<byte> body, CatalogSnapshot catalog)
    {
        using var document = ChatRequestParser.ParseObject(body, ChatLimits.Default);
        var request = document.RootElement;
        CheckRefused(request);
        CheckInclude(request);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 1024);
        using (var json = new Utf8JsonWriter(buffer, JsonResponse.WriterOptions))
        {
            json.WriteStartObject();
            json.Copy("model", request.RequiredText("model", "model"));
            WriteMessages(json, request);
            ToolFields.Write(json, request);
            ChatFields.WriteStream(json, request);
            json.Copy("max_completion_tokens", ChatFields.TokenLimit(request, "max_output_tokens"));
            var reasoning = request.OptionalObject("reasoning", "reasoning");
            json.Copy("reasoning_effort", reasoning.Field("effort"));
            TextFields.Write(json, request);
            WriteRest(json, request);
            json.WriteEndObject();
        }

        return new TranslatedRequest(buffer.WrittenMemory, new ResponsesFormat(Echo.Of(request)));
    }

    private static void CheckRefused(JsonElement request)
    {
        foreach (var field in request.EnumerateObject())
        {
            if (Refused.TryGetValue(field.NameText(), out var advice) && AsksForSomething(field.Value))
            {
                throw RequestFields.NotOffered(field.NameText(), advice);
            }
        }
    }

    private static bool AsksForSomething(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Number => value.Whole() is not (0 or 1),
        _ => true,
    };

    private static void CheckInclude(JsonElement request)
    {
        foreach (var item in request.OptionalArray("include", "include").Items())
        {
            if (!item.TextIs(EncryptedReasoning))
            {
                throw new ChatRequestException(
                    $"'include' asks for a value that responses of this gateway do not have: leave it out, or send [\"{EncryptedReasoning}\"].", "include");
            }
        }
    }

    private static void WriteMessages(Utf8JsonWriter json, JsonElement request)
    {
        json.WriteStartArray("messages"u8);
        var messages = new MessageList(json);
        if (request.OptionalText("instructions", "instructions") is { Length: > 0 })
        {
            var instructions = new MessageContent();
            instructions.AddText(request.Field("instructions"));
            messages.Add("system", instructions);
        }

        new InputReader(messages).Read(request.Field("input"));
        messages.Complete();
        json.WriteEndArray();
    }

    private static void WriteRest(Utf8JsonWriter json, JsonElement request)
    {
        foreach (var field in request.EnumerateObject())
        {
            var name = field.NameText();
            if (!Known.Contains(name) && !Refused.ContainsKey(name))
            {
                json.WritePropertyName(name);
                json.WriteRaw(field.Value);
            }
        }
    }
}
