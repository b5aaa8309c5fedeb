using System.Diagnostics;
using System.Net.Sockets;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Traffic;

/// <summary>
/// Callers in a closed loop on one thread: it waits for the sockets of all of them at once, as wrk does. Through the HTTP client of .NET a request takes several times the
/// processor time, which the gateway then lacks where both share a machine.
/// </summary>
internal sealed class RawLoad(ChildProcess gateway, LoadShape shape, IAnswerSink sink, CancellationToken cancel) : IDisposable
{
    private const int LongestWait = 100;

    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private readonly RawCaller[] _callers = [.. Enumerable.Range(0, shape.Callers).Select(_ => new RawCaller(gateway, shape))];
    private readonly PriorityQueue<int, long> _waiting = new();
    private readonly Epoll _sockets = new();
    private int _inFlight;

    /// <summary>Ends when the sink wants no more of any caller, and all answers have ended. It holds the thread until then.</summary>
    /// <param name="begin">When the first caller begins; the others follow over <see cref="LoadShape.Spread"/>.</param>
    public void Run(long begin)
    {
        var spread = (long)(shape.Spread.TotalSeconds * Stopwatch.Frequency);
        for (var number = 0; number < _callers.Length; number++)
        {
            Connect(number);
            _waiting.Enqueue(number, begin + spread * number / _callers.Length);
        }

        Span<int> ready = stackalloc int[64];
        while (_inFlight > 0 || _waiting.Count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            var count = _sockets.Wait(ready, AskDue());
            foreach (var number in ready[..count])
            {
                if (_callers[number].Read() is { } answer)
                {
                    _inFlight--;
                    Continue(number, answer);
                }
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_callers, caller => caller.Dispose());
        _sockets.Dispose();
    }

    /// <returns>Milliseconds until the next caller is due; less than one is waited for without sleep.</returns>
    private int AskDue()
    {
        while (_waiting.TryPeek(out var number, out var due))
        {
            var left = due - Stopwatch.GetTimestamp();
            if (left > 0)
            {
                return (int)Math.Min(left / Millisecond, LongestWait);
            }

            _waiting.Dequeue();
            Ask(number);
        }

        return LongestWait;
    }

    private void Ask(int number)
    {
        try
        {
            Connect(number);
        }
        catch (SocketException problem)
        {
            var now = Stopwatch.GetTimestamp();
            Continue(number, new Answer(new Sample(0, now, 0, now), 0, $"no connection: {problem.SocketErrorCode}"));
            return;
        }

        _callers[number].Ask(LoadGenerator.TakeRun());
        _inFlight++;
    }

    private void Continue(int number, Answer answer)
    {
        if (sink.Take(answer) is { } due)
        {
            if (due <= answer.Sample.End)
            {
                Ask(number);
            }
            else
            {
                _waiting.Enqueue(number, due);
            }
        }
    }

    private void Connect(int number)
    {
        if (_callers[number].Connect() is { } socket)
        {
            _sockets.Add(socket, number);
        }
    }
}
