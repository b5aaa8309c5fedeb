using System.Diagnostics;
using System.Net.Sockets;

namespace Ensemble.Load.Traffic;

/// <summary>
/// Callers in a closed loop on one thread: it waits for the sockets of all of them at once, as wrk does. Through the HTTP client of .NET a
/// request takes two to three times the processor time, which the gateway then lacks where both share a machine.
/// </summary>
/// <param name="headers">What each request has besides the usual ones.</param>
internal sealed class RawLoad(
    Uri gateway, IReadOnlyDictionary<string, string> headers, LoadShape shape, IAnswerSink sink, CancellationToken cancel) : IDisposable
{
    private const int MaxWait = 100;

    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(60);

    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private readonly RawCaller[] _callers = [.. Enumerable.Range(0, shape.Callers).Select(_ => new RawCaller(gateway, headers, shape))];
    private readonly PriorityQueue<int, long> _waiting = new();
    private readonly Epoll _sockets = new();
    private int _inFlight;

    /// <summary>Ends when the sink wants no more of any caller, and all answers have ended. It holds the thread until then.</summary>
    /// <param name="begin">When the first caller begins; the others follow over <see cref="LoadShape.Spread"/>.</param>
    /// <exception cref="LoadException">Nothing has come for a minute, though something was asked.</exception>
    public void Run(long begin)
    {
        var spread = (long)(shape.Spread.TotalSeconds * Stopwatch.Frequency);
        for (var number = 0; number < _callers.Length; number++)
        {
            _waiting.Enqueue(number, begin + spread * number / _callers.Length);
        }

        Span<int> ready = stackalloc int[64];
        var last = Stopwatch.GetTimestamp();
        while (_inFlight > 0 || _waiting.Count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            var count = _sockets.Wait(ready, AskDue());
            if (count > 0)
            {
                last = Stopwatch.GetTimestamp();
            }
            else if (_inFlight > 0 && Stopwatch.GetElapsedTime(last) > StallTimeout)
            {
                throw new LoadException($"{_inFlight} requests got no answer for {StallTimeout.TotalSeconds} s");
            }

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
                return (int)Math.Min(left / Millisecond, MaxWait);
            }

            _waiting.Dequeue();
            Ask(number);
        }

        return MaxWait;
    }

    private void Ask(int number)
    {
        try
        {
            if (_callers[number].Connect() is { } socket)
            {
                _sockets.Add(socket, number);
            }
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
            // A caller that found no connection is not asked again from inside its own attempt.
            if (due <= answer.Sample.End && answer.Status != 0)
            {
                Ask(number);
            }
            else
            {
                _waiting.Enqueue(number, due);
            }
        }
    }
}
