using System.IO.Pipelines;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Messages;

/// <summary>Writes the events of a streamed message.</summary>
internal sealed class MessagesStream(PipeWriter output, RunRequest request) : BlockStream(output)
{
    /// <summary>No event repeats it.</summary>
    protected override bool KeepsText => false;

    protected override void WriteBegin() => Event("message_start"u8, request, static (json, request) =>
    {
        json.WriteStartObject("message"u8);
        MessagesFormat.WriteHead(json, request);
        json.WriteStartArray("content"u8);
        json.WriteEndArray();
        json.WriteNull("stop_reason"u8);
        json.WriteNull("stop_sequence"u8);
        json.WriteNull("stop_details"u8);
        json.WriteNull("container"u8);
        json.WritePropertyName("usage"u8);

        // What was used is known at the end, and is in the last delta.
        MessagesFormat.WriteUsage(json, UsageTotals.None);
        json.WriteEndObject();
    });

    protected override void BeginBlock(AnswerBlock block) => Event("content_block_start"u8, block, static (json, block) =>
    {
        json.WriteNumber("index"u8, block.Index);
        json.WriteStartObject("content_block"u8);
        if (block.Kind == BlockKind.Call)
        {
            json.WriteString("type"u8, "tool_use"u8);
            json.WriteString("id"u8, block.Id ?? "");
            json.WriteString("name"u8, block.Name ?? "");
            json.WriteStartObject("input"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, ""u8);
            json.WriteNull("citations"u8);
        }

        json.WriteEndObject();
    });

    protected override void AddToBlock(AnswerBlock block, string text)
    {
        // Other arguments than an object are sent at the end, as a field of one.
        if (block.Kind != BlockKind.Call || IsObject(block))
        {
            WriteDelta(block, text);
        }
    }

    protected override void EndBlock(AnswerBlock block)
    {
        if (block.Kind == BlockKind.Call && block.Length > 0 && !IsObject(block))
        {
            WriteDelta(block, MessagesFormat.InputOf(block.Text));
        }

        Event("content_block_stop"u8, block, static (json, block) => json.WriteNumber("index"u8, block.Index));
    }

    private static bool IsObject(AnswerBlock block) => block.BeginsWith('{');

    private void WriteDelta(AnswerBlock block, string text) =>
        Event("content_block_delta"u8, (block, text), static (json, piece) =>
        {
            var isCall = piece.block.Kind == BlockKind.Call;
            json.WriteNumber("index"u8, piece.block.Index);
            json.WriteStartObject("delta"u8);
            json.WriteString("type"u8, isCall ? "input_json_delta"u8 : "text_delta"u8);
            json.WriteString(isCall ? "partial_json"u8 : "text"u8, piece.text);
            json.WriteEndObject();
        });

    protected override void WriteEnd(RunCompleted completed)
    {
        Event("message_delta"u8, (completed, Blocks), static (json, end) =>
        {
            json.WriteStartObject("delta"u8);
            MessagesFormat.WriteStop(json, end.completed.Answer, end.Blocks);
            json.WriteNull("container"u8);
            json.WriteEndObject();
            json.WritePropertyName("usage"u8);
            MessagesFormat.WriteUsage(json, end.completed.Usage);
        });
        Event("message_stop"u8, completed, static (_, _) => { });
    }

    protected override void WriteError(ApiError error) =>
        Event("error"u8, error, static (json, error) => MessagesErrorShape.WriteError(json, error));

    protected override void WriteKeepAlive() => Event("ping"u8, request, static (_, _) => { });
}
