namespace Ensemble.Frontend.Management;

/// <summary>The values of one instrument under one set of labels. Thread-safe.</summary>
internal sealed class MetricSeries(double[]? bounds)
{
    private readonly long[]? _counts = bounds is null ? null : new long[bounds.Length + 1];
    private readonly Lock _lock = new();
    private double _value;
    private long _round;

    /// <summary>
    /// What was counted, was said last, or was the sum of a histogram; for a histogram also how many values fell up to each of its bounds
    /// and beyond the last.
    /// </summary>
    public (double Value, long[]? Counts) Read()
    {
        lock (_lock)
        {
            return (_value, _counts is null ? null : [.. _counts]);
        }
    }

    public void Add(double value)
    {
        lock (_lock)
        {
            _value += value;
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _value = value;
        }
    }

    /// <summary>A value that an instrument says when it is asked: of one round they add up, as several may fall into one series.</summary>
    public void Observe(double value, long round)
    {
        lock (_lock)
        {
            _value = _round == round ? _value + value : value;
            _round = round;
        }
    }

    public bool WasObservedIn(long round)
    {
        lock (_lock)
        {
            return _round == round;
        }
    }

    public void Record(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        // The first bound that is not below it.
        var index = Array.BinarySearch(bounds!, value);
        lock (_lock)
        {
            _counts![index < 0 ? ~index : index]++;
            _value += value;
        }
    }
}
