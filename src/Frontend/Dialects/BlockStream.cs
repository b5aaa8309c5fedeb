using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;

namespace Ensemble.Frontend.Dialects;

/// <summary>
/// Streams an answer block by block: one is open at a time, and what comes for a later one waits until the one before it is complete.
/// A provider may send pieces of several calls in turn, and clients take the next block as the end of the one before.
/// </summary>
internal abstract class BlockStream(PipeWriter output) : IAnswerStream
{
    private readonly AnswerBlocks _blocks = new();
    private readonly Utf8JsonWriter _json = new(output, JsonResponse.WriterOptions);
    private bool _hasBegun;
    private bool _isOpen;
    private int _current;
    private int _shown;

    protected IReadOnlyList<AnswerBlock> Blocks => _blocks.All;

    /// <summary>Whether texts and refusals are needed once they are shown.</summary>
    protected virtual bool KeepsText => true;

    protected void AddEmpty() => _blocks.AddEmpty();

    public void Content(string text)
    {
        Begin();
        _blocks.Add(BlockKind.Text, text);
        Show(isEnd: false);
    }

    public void Choices(ChoicesDelta delta)
    {
        Begin();
        _blocks.AddChoices(delta.Choices, "delta");
        Show(isEnd: false);
    }

    public void End(RunCompleted completed)
    {
        Begin();
        _blocks.Add(BlockKind.Refusal, completed.Answer.Refusal);
        Ending(completed);
        Show(isEnd: true);
        WriteEnd(completed);
    }

    public void Error(ApiError error)
    {
        Begin();
        WriteError(error);
    }

    public void KeepAlive()
    {
        Begin();
        WriteKeepAlive();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>The events that come before the first block.</summary>
    protected abstract void WriteBegin();

    protected abstract void BeginBlock(AnswerBlock block);

    protected abstract void AddToBlock(AnswerBlock block, string text);

    protected abstract void EndBlock(AnswerBlock block);

    /// <summary>Comes before the last blocks end.</summary>
    protected virtual void Ending(RunCompleted completed)
    {
    }

    protected abstract void WriteEnd(RunCompleted completed);

    protected abstract void WriteError(ApiError error);

    protected virtual void WriteKeepAlive() => EventStream.Comment(output);

    /// <summary>Writes one event.</summary>
    /// <param name="write">Writes the members of its object, which has its <c>type</c> by then.</param>
    protected void Event<T>(ReadOnlySpan<byte> type, T state, Action<Utf8JsonWriter, T> write)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: "u8);
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        write(_json, state);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private void Begin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            WriteBegin();
        }
    }

    private void Show(bool isEnd)
    {
        for (; _current < Blocks.Count; _current++)
        {
            var block = Blocks[_current];
            if (!_isOpen && (block.CanBegin || isEnd))
            {
                (_isOpen, _shown) = (true, 0);
                BeginBlock(block);
            }

            if (_isOpen && block.Length > _shown)
            {
                AddToBlock(block, block.From(_shown));
                if (block.Kind != BlockKind.Call && !KeepsText)
                {
                    block.Clear();
                }

                _shown = block.Length;
            }

            if (!isEnd && (!_isOpen || _current == Blocks.Count - 1 || !block.IsComplete()))
            {
                return;
            }

            EndBlock(block);
            _isOpen = false;
        }
    }
}
