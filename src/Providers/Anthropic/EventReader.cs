using System.Text.Json;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>
/// Reads the events of one stream, in order, as chunks of a completion. Thinking is not shown, and events and pieces that
/// it does not know are none. That an answer has ended counts once its last event is there.
/// </summary>
internal sealed class EventReader(bool keepChoices)
{
    private readonly UsageCounter _usage = new();
    private readonly Dictionary<int, ToolCall> _open = [];
    private PendingSurrogate _half;
    private PendingSurrogate _argumentsHalf;
    private string? _finishReason;
    private int _calls;
    private bool _hasBegun;

    /// <exception cref="JsonException">Not one JSON object of the expected shape.</exception>
    public Completion Read(ReadOnlySpan<byte> json)
    {
        string? type = null;
        var index = 0;
        var block = new AnswerBlock();
        var chunk = new Completion();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"An event's object expected, {reader.TokenType} found.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("type"u8))
            {
                reader.Read();
                type = reader.ReadText();
            }
            else if (reader.TextIs("index"u8))
            {
                reader.Read();
                index = (int)(reader.ReadCount() ?? 0);
            }
            else if (reader.TextIs("content_block"u8) || reader.TextIs("delta"u8))
            {
                reader.Read();
                block = AnswerBlock.Read(ref reader);
            }
            else if (reader.TextIs("usage"u8))
            {
                reader.Read();
                ReadUsage(ref reader, ref chunk);
            }
            else if (reader.TextIs("message"u8))
            {
                reader.Read();
                ReadMessage(ref reader, ref chunk);
            }
            else if (reader.TextIs("error"u8))
            {
                reader.Read();
                chunk.Error = ErrorReader.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        Take(type, index, block, ref chunk);
        return chunk;
    }

    private void Take(string? type, int index, in AnswerBlock block, ref Completion chunk)
    {
        switch (type)
        {
            case "content_block_start" when block.Type == "tool_use":
                Begin(index, block, ref chunk);
                break;
            case "content_block_start" when block.Type == "text":
            case "content_block_delta" when block.Type == "text_delta":
                AddText(block.Text, ref chunk);
                break;
            case "content_block_delta" when block.Type == "thinking_delta":
                chunk.HasReasoning = true;
                break;
            case "content_block_delta" when block is { Type: "input_json_delta", PartialJson.Length: > 0 } && _open.TryGetValue(index, out var call):
                _open[index] = call with { HasArguments = true };
                AddArguments(call, block.PartialJson, ref chunk);
                break;
            case "content_block_stop" when _open.Remove(index, out var ended) && !ended.HasArguments:
                // A call without arguments sends none of the pieces that would make up an object.
                AddArguments(ended, ended.Input, ref chunk);
                break;
            case "message_delta":
                _finishReason = FinishReason.Of(block.StopReason) ?? _finishReason;
                chunk.IsOver = _finishReason is not null;
                chunk.IsBroken = _finishReason == FinishReason.Broken;
                break;
            case "message_stop":
                chunk.IsDone = true;
                Finish(ref chunk);
                break;
        }
    }

    private void Begin(int index, in AnswerBlock block, ref Completion chunk)
    {
        var call = new ToolCall(_calls++, block.Input ?? "{}", HasArguments: false);
        _open[index] = call;
        chunk.Choices = 1;
        chunk.CallsTools = true;
        if (keepChoices)
        {
            chunk.RawChoices = ChoicesWriter.Call(call.Index, block, IsFirst());
        }
    }

    private void AddText(string? piece, ref Completion chunk)
    {
        var text = _half.Join(piece);
        if (text.Length == 0)
        {
            return;
        }

        chunk.Choices = 1;
        chunk.Content = text;
        if (keepChoices)
        {
            chunk.RawChoices = ChoicesWriter.Content(text, IsFirst());
        }
    }

    private void AddArguments(in ToolCall call, string arguments, ref Completion chunk)
    {
        var piece = _argumentsHalf.Join(arguments);
        chunk.Choices = 1;
        chunk.CallsTools = true;
        if (keepChoices)
        {
            chunk.RawChoices = ChoicesWriter.Arguments(call.Index, piece);
        }
    }

    /// <summary>The end of an answer whose reason is there, and whose last event is not.</summary>
    public Completion End()
    {
        var chunk = new Completion();
        Finish(ref chunk);
        return chunk;
    }

    private void Finish(ref Completion chunk)
    {
        chunk.Choices = 1;
        if (_finishReason is null)
        {
            return;
        }

        chunk.FinishedChoices = 1;
        chunk.FinishReason = _finishReason;
        if (keepChoices)
        {
            chunk.RawChoices = ChoicesWriter.Finish(_finishReason, IsFirst());
        }
    }

    private void ReadUsage(ref Utf8JsonReader reader, ref Completion chunk)
    {
        chunk.Usage = _usage.Read(ref reader);
        chunk.UsageFields = keepChoices ? _usage.Fields() : null;
    }

    // The role goes with the first piece: sent by itself it would commit to an answer that may still fail.
    private bool IsFirst() => !_hasBegun && (_hasBegun = true);

    private void ReadMessage(ref Utf8JsonReader reader, ref Completion chunk)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.TextIs("usage"u8);
            reader.Read();
            if (isUsage)
            {
                ReadUsage(ref reader, ref chunk);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <param name="Index">Which of the answer's calls, from 0; blocks of other kinds do not count.</param>
    /// <param name="Input">What the block began with.</param>
    private readonly record struct ToolCall(int Index, string Input, bool HasArguments);
}
