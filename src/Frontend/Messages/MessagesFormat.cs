using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Messages;

/// <summary>Writes message objects.</summary>
internal sealed class MessagesFormat : IAnswerFormat
{
    public static readonly MessagesFormat Instance = new();

    public static string IdOf(RunRequest request) => $"msg_{request.Id.Value}";

    public ApiError Describe(ApiError error) => error with
    {
        Message = error.Message
            .Replace("'max_completion_tokens'", "'max_tokens'", StringComparison.Ordinal)
            .Replace("'stop'", "'stop_sequences'", StringComparison.Ordinal)
            .Replace("'reasoning_effort'", "'output_config.effort'", StringComparison.Ordinal)
            .Replace("'response_format'", "'output_config.format'", StringComparison.Ordinal),
    };

    public void Write(Utf8JsonWriter json, WholeAnswer answer)
    {
        var blocks = AnswerBlocks.Of(answer).All;
        WriteHead(json, answer.Request);
        json.WriteStartArray("content"u8);
        foreach (var block in blocks)
        {
            json.WriteStartObject();
            if (block.Kind == BlockKind.Call)
            {
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, block.Id ?? "");
                json.WriteString("name"u8, block.Name ?? "");
                json.WritePropertyName("input"u8);
                WriteInput(json, block.Text);
            }
            else
            {
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, block.Text);
                json.WriteNull("citations"u8);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStop(json, answer.Completed.Answer, blocks);
        json.WriteNull("container"u8);
        json.WritePropertyName("usage"u8);
        WriteUsage(json, answer.Completed.Usage);
    }

    public IAnswerStream OpenStream(PipeWriter output, RunRequest request, long created) => new MessagesStream(output, request);

    /// <summary>Writes the members of a message that come before its content.</summary>
    public static void WriteHead(Utf8JsonWriter json, RunRequest request)
    {
        json.WriteString("id"u8, IdOf(request));
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, request.Chat.Model);
    }

    public static void WriteStop(Utf8JsonWriter json, RunAnswer answer, IReadOnlyList<AnswerBlock> blocks)
    {
        json.WriteString("stop_reason"u8, StopReason(answer, blocks));

        // Providers do not say at which sequence they stopped.
        json.WriteNull("stop_sequence"u8);
        json.WriteNull("stop_details"u8);
    }

    public static void WriteUsage(Utf8JsonWriter json, UsageTotals totals)
    {
        // Anthropic counts tokens read from a cache, or written to one, separately from the rest of the prompt.
        var usage = totals.Reported;
        var read = usage.CachedTokens ?? 0;
        var written = usage.CacheWriteTokens ?? 0;
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, Math.Max(0, usage.PromptTokens - read - written));
        json.WriteNumber("cache_creation_input_tokens"u8, written);
        json.WriteNumber("cache_read_input_tokens"u8, read);
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        foreach (var absent in (ReadOnlySpan<string>)["cache_creation", "inference_geo", "server_tool_use", "service_tier"])
        {
            json.WriteNull(absent);
        }

        if (usage.ReasoningTokens is { } thinking)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, thinking);
            json.WriteEndObject();
        }

        if (totals.HasEstimates)
        {
            json.WriteStartObject("ensemble_estimated"u8);
            json.WriteNumber("input_tokens"u8, totals.EstimatedPromptTokens);
            json.WriteNumber("output_tokens"u8, totals.EstimatedCompletionTokens);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string StopReason(RunAnswer answer, IReadOnlyList<AnswerBlock> blocks) => answer.FinishReason switch
    {
        "length" => "max_tokens",
        "content_filter" => "refusal",
        _ when blocks.Any(block => block.Kind == BlockKind.Refusal) => "refusal",
        _ when blocks.Any(block => block.Kind == BlockKind.Call) => "tool_use",
        _ => "end_turn",
    };

    /// <returns>Arguments as Anthropic's <c>input</c>, which is an object: what is not an object becomes a field of one.</returns>
    public static string InputOf(string arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonResponse.WriterOptions))
        {
            WriteInput(json, arguments);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteInput(Utf8JsonWriter json, string arguments)
    {
        using var document = JsonSanitizer.TryParse(Encoding.UTF8.GetBytes(arguments.Length == 0 ? "{}" : arguments));
        if (document?.RootElement.ValueKind == JsonValueKind.Object)
        {
            json.WriteRaw(document.RootElement);
            return;
        }

        json.WriteStartObject();
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
    }
}
