using System.IO.Pipelines;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Responses;

/// <summary>Writes the typed events of a streamed response, numbered from 0 without gaps.</summary>
internal sealed class ResponsesStream(PipeWriter output, ResponseWriter response) : BlockStream(output)
{
    private int _sequence;
    private bool _isCut;

    protected override void WriteBegin()
    {
        Numbered("response.created"u8, response, static (json, response) => Response(json, response.WriteBegun));
        Numbered("response.in_progress"u8, response, static (json, response) => Response(json, response.WriteBegun));
    }

    protected override void BeginBlock(AnswerBlock block)
    {
        Item("response.output_item.added"u8, block, isBegun: true);
        if (block.Kind != BlockKind.Call)
        {
            Part("response.content_part.added"u8, block, static (json, block) =>
            {
                json.WritePropertyName("part"u8);
                ResponseWriter.WritePart(json, block.Kind, "");
            });
        }
    }

    protected override void AddToBlock(AnswerBlock block, string text)
    {
        switch (block.Kind)
        {
            case BlockKind.Call:
                OfItem("response.function_call_arguments.delta"u8, block, text, static (json, text) => json.WriteString("delta"u8, text));
                break;
            case BlockKind.Refusal:
                Part("response.refusal.delta"u8, block, text, static (json, text) => json.WriteString("delta"u8, text));
                break;
            default:
                Part("response.output_text.delta"u8, block, text, static (json, text) =>
                {
                    json.WriteString("delta"u8, text);
                    json.WriteStartArray("logprobs"u8);
                    json.WriteEndArray();
                });
                break;
        }
    }

    protected override void EndBlock(AnswerBlock block)
    {
        switch (block.Kind)
        {
            case BlockKind.Call:
                OfItem("response.function_call_arguments.done"u8, block, block, static (json, block) =>
                {
                    json.WriteString("name"u8, block.Name ?? "");
                    json.WriteString("arguments"u8, ResponseWriter.ArgumentsOf(block));
                });
                break;
            case BlockKind.Refusal:
                Part("response.refusal.done"u8, block, static (json, block) => json.WriteString("refusal"u8, block.Text));
                break;
            default:
                Part("response.output_text.done"u8, block, static (json, block) =>
                {
                    json.WriteString("text"u8, block.Text);
                    json.WriteStartArray("logprobs"u8);
                    json.WriteEndArray();
                });
                break;
        }

        if (block.Kind != BlockKind.Call)
        {
            Part("response.content_part.done"u8, block, static (json, block) =>
            {
                json.WritePropertyName("part"u8);
                ResponseWriter.WritePart(json, block.Kind, block.Text);
            });
        }

        Item("response.output_item.done"u8, block, isBegun: false);
    }

    protected override void Ending(RunCompleted completed)
    {
        _isCut = ResponseWriter.CutReason(completed.Answer) is not null;
        if (Blocks.Count == 0)
        {
            AddEmpty();
        }
    }

    protected override void WriteEnd(RunCompleted completed) => Numbered(
        _isCut ? "response.incomplete"u8 : "response.completed"u8,
        (response, completed, Blocks),
        static (json, end) => Response(json, json => end.response.Write(json, end.completed, end.Blocks)));

    protected override void WriteError(ApiError error) => Numbered(
        "response.failed"u8,
        (response, error, Blocks),
        static (json, end) => Response(json, json => end.response.WriteFailed(json, end.error, end.Blocks)));

    private static void Response(Utf8JsonWriter json, Action<Utf8JsonWriter> write)
    {
        json.WriteStartObject("response"u8);
        write(json);
        json.WriteEndObject();
    }

    private void Item(ReadOnlySpan<byte> type, AnswerBlock block, bool isBegun)
    {
        var isCut = _isCut && block.Index == Blocks.Count - 1;
        Numbered(type, (response, block, isBegun, isCut), static (json, item) =>
        {
            json.WriteNumber("output_index"u8, item.block.Index);
            json.WritePropertyName("item"u8);
            item.response.WriteItem(json, item.block, item.isBegun, item.isCut);
        });
    }

    private void Part(ReadOnlySpan<byte> type, AnswerBlock block, Action<Utf8JsonWriter, AnswerBlock> write) =>
        Part(type, block, block, write);

    private void Part<T>(ReadOnlySpan<byte> type, AnswerBlock block, T state, Action<Utf8JsonWriter, T> write) =>
        OfItem(type, block, (state, write), static (json, part) =>
        {
            json.WriteNumber("content_index"u8, 0);
            part.write(json, part.state);
        });

    private void OfItem<T>(ReadOnlySpan<byte> type, AnswerBlock block, T state, Action<Utf8JsonWriter, T> write) =>
        Numbered(type, (response, block, state, write), static (json, item) =>
        {
            json.WriteString("item_id"u8, item.response.IdOf(item.block));
            json.WriteNumber("output_index"u8, item.block.Index);
            item.write(json, item.state);
        });

    private void Numbered<T>(ReadOnlySpan<byte> type, T state, Action<Utf8JsonWriter, T> write) =>
        Event(type, (number: _sequence++, state, write), static (json, numbered) =>
        {
            json.WriteNumber("sequence_number"u8, numbered.number);
            numbered.write(json, numbered.state);
        });
}
