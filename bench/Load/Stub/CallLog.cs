using System.Globalization;
using System.Text;

namespace Ensemble.Load.Stub;

/// <summary>Counts calls, and remembers of the last 65,536 runs when the panel closed and when the judge was asked.</summary>
internal sealed class CallLog
{
    /// <summary>A power of two. Run numbers only grow, and so does the clock: an older run's entry is simply outbid.</summary>
    private const int Capacity = 1 << 16;

    private readonly long[] _panelClosed = new long[Capacity];
    private readonly long[] _judgeAsked = new long[Capacity];
    private long _panelCalls;
    private long _judgeCalls;

    public void OnPanelAnswer(int run, long now)
    {
        Interlocked.Increment(ref _panelCalls);
        if (run >= 0)
        {
            Raise(ref _panelClosed[run & (Capacity - 1)], now);
        }
    }

    public void OnJudgeAsked(int run, long now)
    {
        Interlocked.Increment(ref _judgeCalls);
        if (run >= 0)
        {
            Raise(ref _judgeAsked[run & (Capacity - 1)], now);
        }
    }

    public string DescribeCounts() => $"{Interlocked.Read(ref _panelCalls)} {Interlocked.Read(ref _judgeCalls)}";

    /// <summary>A line a run: number, last panel answer, judge asked; both in ticks of the machine's monotonic clock.</summary>
    public string Describe(int first, int end)
    {
        var text = new StringBuilder();
        for (var run = Math.Max(first, end - Capacity); run < end; run++)
        {
            var slot = run & (Capacity - 1);
            text.Append(CultureInfo.InvariantCulture, $"{run} {Volatile.Read(ref _panelClosed[slot])} {Volatile.Read(ref _judgeAsked[slot])}\n");
        }

        return text.ToString();
    }

    private static void Raise(ref long slot, long value)
    {
        var seen = Volatile.Read(ref slot);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref slot, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
