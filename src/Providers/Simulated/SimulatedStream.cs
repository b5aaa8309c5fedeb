using Ensemble.Upstreams;

namespace Ensemble.Providers.Simulated;

/// <summary>Hands the replies of one call over token by token; all choices are written at the same pace.</summary>
/// <param name="keepCalls">Whether tool calls alone are handed over as choices.</param>
internal sealed class SimulatedStream(
    IAnswerSink sink, ICallMonitor watch, bool keepChoices, bool keepCalls, SimulatedReply[] replies)
{
    private readonly int[] _positions = new int[replies.Length];
    private bool _hasContent;

    /// <summary>Characters of answer text that were handed over.</summary>
    public int Sent { get; private set; }

    public async Task RunAsync(SimulatedPace pace, CancellationToken cancellationToken)
    {
        await pace.WaitForAsync(0, cancellationToken);
        for (var index = 0; index < replies.Length; index++)
        {
            if (keepChoices || (keepCalls && replies[index].Tool is not null))
            {
                OnBytes(isContent: replies[index].Tool is not null);
                Hand(SimulatedChoices.Opening(index, replies[index]));
            }
        }

        var open = replies.Length;
        for (var token = 0; open > 0; token++)
        {
            await pace.WaitForAsync(token, cancellationToken);
            open = 0;
            for (var index = 0; index < replies.Length; index++)
            {
                open += Advance(index) ? 1 : 0;
            }
        }

        for (var index = 0; keepChoices && index < replies.Length; index++)
        {
            OnBytes(isContent: false);
            sink.OnChoices(SimulatedChoices.Finish(index, replies[index]));
        }
    }

    /// <returns>Whether there is more to come.</returns>
    private bool Advance(int index)
    {
        var reply = replies[index];
        var start = _positions[index];
        if (start == reply.Text.Length)
        {
            return false;
        }

        var end = SimulatedTokens.End(reply.Text, start);
        var piece = reply.Text[start..end];
        _positions[index] = end;
        Sent += reply.Tool is null ? piece.Length : 0;
        OnBytes(isContent: true);
        if (keepChoices || (keepCalls && reply.Tool is not null))
        {
            Hand(SimulatedChoices.Piece(index, reply, piece));
        }
        else if (reply.Tool is null)
        {
            sink.OnContent(piece);
        }

        return end < reply.Text.Length;
    }

    private void Hand(byte[] choices)
    {
        if (keepChoices)
        {
            sink.OnChoices(choices);
        }
        else
        {
            sink.OnCalls(choices);
        }
    }

    private void OnBytes(bool isContent)
    {
        watch.OnBytes();
        if (isContent && !_hasContent)
        {
            _hasContent = true;
            watch.OnFirstContent();
        }
    }
}
