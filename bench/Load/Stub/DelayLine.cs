using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ensemble.Load.Stub;

/// <summary>
/// Waits one fixed latency, to within some 100 µs. A runtime timer counts whole milliseconds: a closed loop locks on to its ticks, and
/// they then swallow exactly the fractions of a millisecond that are to be measured. One latency means first in, first out, so that a
/// single sleeping thread serves every call.
/// </summary>
internal sealed partial class DelayLine
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;

    private readonly BlockingCollection<(long Due, TaskCompletionSource Done)> _queue = [];
    private readonly long _latency;

    public DelayLine(int milliseconds)
    {
        _latency = milliseconds * (Stopwatch.Frequency / 1000);
        new Thread(Serve) { IsBackground = true, Name = $"delay {milliseconds} ms" }.Start();
    }

    /// <summary>In ticks of <see cref="Stopwatch"/>.</summary>
    public long Latency => _latency;

    public Task WaitAsync(long from)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((from + _latency, done));
        return done.Task;
    }

    private void Serve()
    {
        foreach (var (due, done) in _queue.GetConsumingEnumerable())
        {
            // Stopwatch counts the nanoseconds of CLOCK_MONOTONIC here. An early return (a signal) means sleeping again.
            var until = new TimeSpec(due / 1_000_000_000, due % 1_000_000_000);
            while (Stopwatch.GetTimestamp() < due)
            {
                _ = ClockNanosleep(ClockMonotonic, AbsoluteTime, until, 0);
            }

            done.SetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpec until, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
