using System.Diagnostics.Metrics;
using Ensemble.Frontend.Management;
using Ensemble.Frontend.Telemetry;

namespace Ensemble.Frontend.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"Test.{Guid.NewGuid():n}");
    private readonly MetricStore _store;

    public PrometheusTextTests() => _store = new MetricStore([_meter.Name]);

    public void Dispose()
    {
        _store.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Write_Counter_IsATotalWithItsHelpAndUnit()
    {
        var counter = _meter.CreateCounter<double>("test.cost", "USD", "What it cost\nand \\ more");
        counter.Add(1.5, Tag("model.name", "a"));
        counter.Add(2, Tag("model.name", "a"));

        PrometheusText.Write(_store).ShouldBe(
            """
            # HELP test_cost_usd_total What it cost\nand \\ more
            # TYPE test_cost_usd_total counter
            # UNIT test_cost_usd_total usd
            test_cost_usd_total{model_name="a"} 3.5

            """);
    }

    [Fact]
    public void Write_Histogram_HasCumulativeBucketsByItsAdvice()
    {
        var histogram = _meter.CreateHistogram("test.wait", "s", "How long", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2] });
        foreach (var value in (double[])[0.1, 0.5, 0.6, 2, 7])
        {
            histogram.Record(value);
        }

        PrometheusText.Write(_store).ShouldBe(
            """
            # HELP test_wait_seconds How long
            # TYPE test_wait_seconds histogram
            # UNIT test_wait_seconds seconds
            test_wait_seconds_bucket{le="0.5"} 2
            test_wait_seconds_bucket{le="1"} 3
            test_wait_seconds_bucket{le="2"} 4
            test_wait_seconds_bucket{le="+Inf"} 5
            test_wait_seconds_sum 10.2
            test_wait_seconds_count 5

            """);
    }

    [Fact]
    public void Write_ValuesWithQuotes_AreEscaped()
    {
        _meter.CreateCounter<long>("test.odd", null, "Odd").Add(1, Tag("name", "a\"b\\c\nd"));

        PrometheusText.Write(_store).ShouldContain("""test_odd_total{name="a\"b\\c\nd"} 1""");
        Read().Samples.ShouldContainKey("test_odd_total{name=\"a\"b\\c\nd\"}");
    }

    [Fact]
    public void Write_SameLabelsInAnotherOrder_AreOneSeries()
    {
        var counter = _meter.CreateCounter<long>("test.both", null, "Both");
        counter.Add(1, Tag("a", "1"), Tag("b", true));
        counter.Add(1, Tag("b", true), Tag("a", "1"));

        Read().Samples.ShouldHaveSingleItem().ShouldBe(new("test_both_total{a=\"1\",b=\"true\"}", 2));
    }

    [Fact]
    public void Write_MoreSeriesThanThereMayBe_CountsTheRestInOne()
    {
        var counter = _meter.CreateCounter<long>("test.many", null, "Many");
        for (var index = 0; index < Metric.MaxSeries + 25; index++)
        {
            counter.Add(1, Tag("index", index));
        }

        // A known one goes on being counted.
        counter.Add(1, Tag("index", 0));

        var samples = Read().Samples;
        samples.Count.ShouldBe(Metric.MaxSeries + 1);
        samples["test_many_total{otel_metric_overflow=\"true\"}"].ShouldBe(25);
        samples["test_many_total{index=\"0\"}"].ShouldBe(2);
    }

    [Fact]
    public void Write_LabelsThatAreTooLong_AreCountedInTheOverflow()
    {
        _meter.CreateCounter<long>("test.long", null, "Long").Add(3, Tag("text", new string('x', 5000)));

        Read().Samples.ShouldHaveSingleItem().ShouldBe(new("test_long_total{otel_metric_overflow=\"true\"}", 3));
    }

    [Fact]
    public void Write_ObservedGauge_HasOnlyWhatItSaysNow()
    {
        List<Measurement<int>> now = [new(4, Tag("model", "a")), new(5, Tag("model", "b"))];
        _meter.CreateObservableGauge("test.now", () => now, null, "Now");
        Read().Samples.Values.ShouldBe([4, 5]);

        now = [new(7, Tag("model", "b"))];

        Read().Samples.ShouldHaveSingleItem().ShouldBe(new("test_now{model=\"b\"}", 7));
    }

    [Fact]
    public void Write_ObservedCounter_IsWhatItSaysAndNoSum()
    {
        _meter.CreateObservableCounter("test.ever", () => 9L, null, "Ever");

        Read().Samples["test_ever_total"].ShouldBe(9);
        Read().Samples["test_ever_total"].ShouldBe(9);
    }

    [Fact]
    public void Write_UpDownCounterAndGauge_AreGauges()
    {
        var upDown = _meter.CreateUpDownCounter<int>("test.level", "1", "Level");
        var gauge = _meter.CreateGauge<double>("test.mood", null, "Mood");
        upDown.Add(5);
        upDown.Add(-2);
        gauge.Record(5);
        gauge.Record(3);

        var read = Read();
        read.Samples["test_level_ratio"].ShouldBe(3);
        read.Samples["test_mood"].ShouldBe(3);
        read.Types.Values.ShouldAllBe(type => type == "gauge");
    }

    [Fact]
    public async Task Take_FromManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("test.busy", null, "Busy");
        var histogram = _meter.CreateHistogram<double>("test.times", "s", "Times");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var index = 0; index < 5000; index++)
            {
                counter.Add(1, Tag("index", index % 7));
                histogram.Record(index, Tag("index", index % 3));
            }
        })));

        var samples = Read().Samples;
        samples.Where(sample => sample.Key.StartsWith("test_busy", StringComparison.Ordinal)).Sum(sample => sample.Value).ShouldBe(20000);
        samples.Where(sample => sample.Key.StartsWith("test_times_seconds_count", StringComparison.Ordinal)).Sum(sample => sample.Value).ShouldBe(20000);
    }

    [Fact]
    public void Write_MeterOfAnotherHost_IsNotIn()
    {
        using var own = new Meter(new MeterOptions(_meter.Name) { Scope = this });
        using var other = new Meter(new MeterOptions(_meter.Name) { Scope = new object() });
        using var store = new MetricStore([_meter.Name], scope: this);

        own.CreateCounter<long>("test.own", null, "Own").Add(1);
        other.CreateCounter<long>("test.other", null, "Other").Add(1);

        PrometheusReader.Read(PrometheusText.Write(store)).Samples.Keys.ShouldBe(["test_own_total"]);
    }

    [Fact]
    public void Write_OrleansMeter_HasWhatIsChosenAndNoSeriesASilo()
    {
        using var orleans = new Meter(new MeterOptions(OrleansMetrics.Meter) { Scope = this });
        using var store = new MetricStore([OrleansMetrics.Meter], scope: this);
        var missed = orleans.CreateCounter<int>(OrleansMetrics.MissedPings);
        missed.Add(1, Tag("Destination", "S10.0.0.1:11111:1"));
        missed.Add(1, Tag("Destination", "S10.0.0.1:11111:2"));
        orleans.CreateCounter<int>("orleans-messaging-rejected").Add(1, Tag("Direction", "Request"));
        orleans.CreateCounter<int>("orleans-messaging-pings-sent").Add(1, Tag("Destination", "S10.0.0.1:11111:1"));

        PrometheusReader.Read(PrometheusText.Write(store)).Samples.ShouldBe(new Dictionary<string, double>
        {
            ["orleans_messaging_pings_reply_missed_total"] = 2,
            ["orleans_messaging_rejected_total{Direction=\"Request\"}"] = 1,
        });
    }

    private PrometheusReader Read() => PrometheusReader.Read(PrometheusText.Write(_store));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
