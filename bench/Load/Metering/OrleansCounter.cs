using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Ensemble.Load.Metering;

/// <summary>Counts, from its begin to its disposal, what Orleans measures in this process, and the calls that are made here.</summary>
internal sealed class OrleansCounter : IDisposable
{
    private const string Direction = "MessageDirection";

    private readonly ConcurrentDictionary<string, (long Count, long Sum)> _totals = new(StringComparer.Ordinal);
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _calls;

    public OrleansCounter()
    {
        _meters.InstrumentPublished = static (instrument, asked) =>
        {
            if (instrument.Meter.Name == "Microsoft.Orleans" && Counted.Names.Contains(instrument.Name))
            {
                asked.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, (long)value, tags));
        _meters.Start();

        // Each call asks whether it is to be traced. It is not: a trace would add to the bytes of its message.
        _calls = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> call) =>
            {
                if (call.Kind == ActivityKind.Client && Counted.Call(call.Source.Name, call.Name) is { } name)
                {
                    Add(name, 1);
                }

                return ActivitySamplingResult.None;
            },
        };
        ActivitySource.AddActivityListener(_calls);
    }

    /// <summary>A line a total: name, how often it was moved, its sum.</summary>
    public string Describe()
    {
        _meters.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (name, (count, sum)) in _totals)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {count} {sum}\n");
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _calls.Dispose();
        _meters.Dispose();
    }

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.IsObservable)
        {
            // It tells its total each time.
            _totals[instrument.Name] = (1, value);
            return;
        }

        var name = instrument.Name;
        foreach (var (key, tag) in tags)
        {
            name = key == Direction ? Counted.Sent(tag as string ?? "") : name;
        }

        Add(name, value);
    }

    private void Add(string name, long value) =>
        _totals.AddOrUpdate(name, static (_, added) => (1, added), static (_, total, added) => (total.Count + 1, total.Sum + added), value);
}
