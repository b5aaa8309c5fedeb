using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Responses;

/// <summary>Writes the objects of one response: itself, its items and their parts.</summary>
/// <param name="created">Unix time in seconds.</param>
internal sealed class ResponseWriter(RunRequest request, long created, Echo echo)
{
    private const string InProgress = "in_progress";
    private const string Completed = "completed";
    private const string Incomplete = "incomplete";

    /// <returns>Null where the answer is whole.</returns>
    public static string? CutReason(RunAnswer answer) => answer.FinishReason switch
    {
        "length" => "max_output_tokens",
        "content_filter" => "content_filter",
        _ => null,
    };

    public string IdOf(AnswerBlock block) => $"{(block.Kind == BlockKind.Call ? "fc" : "msg")}_{request.Id.Value}{block.Index:x2}";

    /// <summary>Writes the members of the response as it begins.</summary>
    public void WriteBegun(Utf8JsonWriter json) => Write(json, InProgress, null, null, [], null);

    /// <summary>Writes the members of the response that broke off.</summary>
    public void WriteFailed(Utf8JsonWriter json, ApiError error, IReadOnlyList<AnswerBlock> blocks) =>
        Write(json, "failed", null, error, blocks, null);

    /// <summary>Writes the members of the response as it ended.</summary>
    public void Write(Utf8JsonWriter json, RunCompleted completed, IReadOnlyList<AnswerBlock> blocks)
    {
        var cut = CutReason(completed.Answer);
        Write(json, cut is null ? Completed : Incomplete, cut, null, blocks, completed.Usage);
    }

    /// <summary>Writes an output item as an object.</summary>
    /// <param name="isBegun">Whether it begins now, and has nothing in it.</param>
    /// <param name="isCut">Whether the answer was cut within it.</param>
    public void WriteItem(Utf8JsonWriter json, AnswerBlock block, bool isBegun, bool isCut)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, IdOf(block));
        json.WriteString("type"u8, block.Kind == BlockKind.Call ? "function_call"u8 : "message"u8);
        json.WriteString("status"u8, isBegun ? InProgress : isCut ? Incomplete : Completed);
        if (block.Kind == BlockKind.Call)
        {
            json.WriteString("call_id"u8, block.Id ?? IdOf(block));
            json.WriteString("name"u8, block.Name ?? "");
            json.WriteString("arguments"u8, isBegun ? "" : ArgumentsOf(block));
        }
        else
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteStartArray("content"u8);
            if (!isBegun)
            {
                WritePart(json, block.Kind, block.Text);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static string ArgumentsOf(AnswerBlock block) => block.Length == 0 ? "{}" : block.Text;

    public static void WritePart(Utf8JsonWriter json, BlockKind kind, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, kind == BlockKind.Refusal ? "refusal"u8 : "output_text"u8);
        json.WriteString(kind == BlockKind.Refusal ? "refusal"u8 : "text"u8, text);
        if (kind == BlockKind.Text)
        {
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void Write(
        Utf8JsonWriter json, string status, string? cut, ApiError? error, IReadOnlyList<AnswerBlock> blocks, UsageTotals? usage)
    {
        json.WriteString("id"u8, $"resp_{request.Id.Value}");
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, created);
        json.WriteString("status"u8, status);
        json.WriteBoolean("background"u8, false);
        json.WritePropertyName("error"u8);
        if (error is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("code"u8, error.Code ?? error.Type);
            json.WriteString("message"u8, error.Message);
            json.WriteEndObject();
        }

        json.WritePropertyName("incomplete_details"u8);
        if (cut is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, cut);
            json.WriteEndObject();
        }

        json.WriteString("model"u8, request.Chat.Model);
        json.WriteStartArray("output"u8);
        for (var index = 0; index < blocks.Count; index++)
        {
            WriteItem(json, blocks[index], isBegun: false, isCut: status != Completed && index == blocks.Count - 1);
        }

        json.WriteEndArray();
        echo.Write(json);
        json.WritePropertyName("usage"u8);
        if (usage is null)
        {
            json.WriteNullValue();
        }
        else
        {
            WriteUsage(json, usage);
        }
    }

    private static void WriteUsage(Utf8JsonWriter json, UsageTotals totals)
    {
        var usage = totals.Reported;
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.PromptTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens ?? 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
        if (totals.HasEstimates)
        {
            json.WriteStartObject("ensemble_estimated"u8);
            json.WriteNumber("input_tokens"u8, totals.EstimatedPromptTokens);
            json.WriteNumber("output_tokens"u8, totals.EstimatedCompletionTokens);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
