using System.Diagnostics.Metrics;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Silo.Telemetry;
using Ensemble.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary>What becomes of an instrument at <c>/metrics</c>.</summary>
public sealed class PrometheusTextTests : IAsyncLifetime
{
    private Gateway _gateway = null!;
    private Meter _meter = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await Gateway.StartAsync(null, args: ["--Management:Url", "http://127.0.0.1:0"]);
        _meter = Meter(EnsembleTelemetry.Name);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Write_Counter_IsATotalWithItsHelpAndUnit()
    {
        var counter = _meter.CreateCounter<double>("test.cost", "usd", "What it cost\nand \\ more");
        counter.Add(1.5, Tag("model.name", "a"));
        counter.Add(2, Tag("model.name", "a"));

        (await LinesAsync("test_cost")).ShouldBe(
        [
            "# TYPE test_cost_usd_total counter",
            """# HELP test_cost_usd_total What it cost\nand \\ more""",
            "test_cost_usd_total{model_name=\"a\"} 3.5",
        ]);
    }

    [Fact]
    public async Task Write_InstrumentWithoutADescription_HasItsNameAsHelp()
    {
        _meter.CreateCounter<long>("test-plain").Add(1);

        (await LinesAsync("test_plain")).ShouldContain("# HELP test_plain_total test-plain");
    }

    [Fact]
    public async Task Write_Histogram_HasCumulativeBucketsByItsAdvice()
    {
        var histogram = _meter.CreateHistogram("test.wait", "s", "How long", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2] });
        foreach (var value in (double[])[0.1, 0.5, 0.6, 2, 7])
        {
            histogram.Record(value);
        }

        (await LinesAsync("test_wait")).ShouldBe(
        [
            "# TYPE test_wait_seconds histogram",
            "# HELP test_wait_seconds How long",
            "test_wait_seconds_bucket{le=\"0.5\"} 2",
            "test_wait_seconds_bucket{le=\"1\"} 3",
            "test_wait_seconds_bucket{le=\"2\"} 4",
            "test_wait_seconds_bucket{le=\"+Inf\"} 5",
            "test_wait_seconds_sum{} 10.2",
            "test_wait_seconds_count{} 5",
        ]);
    }

    [Fact]
    public async Task Write_ValuesWithQuotes_AreEscaped()
    {
        _meter.CreateCounter<long>("test.odd", null, "Odd").Add(1, Tag("name", "a\"b\\c\nd"));

        (await LinesAsync("test_odd")).ShouldContain("""test_odd_total{name="a\"b\\c\nd"} 1""");
        (await ReadAsync()).ShouldContainKey("test_odd_total{name=\"a\"b\\c\nd\"}");
    }

    [Fact]
    public async Task Write_SameLabelsInAnotherOrder_AreOneSeries()
    {
        var counter = _meter.CreateCounter<long>("test.both", null, "Both");
        counter.Add(1, Tag("a", "1"), Tag("b", true));
        counter.Add(1, Tag("b", true), Tag("a", "1"));

        (await ReadAsync()).ShouldHaveSingleItem().ShouldBe(new("test_both_total{a=\"1\",b=\"true\"}", 2));
    }

    [Fact]
    public async Task Write_MoreSeriesThanThereMayBe_CountsTheRestInOne()
    {
        var counter = _meter.CreateCounter<long>("test.many", null, "Many");
        for (var index = 0; index < TelemetryExtensions.MaxSeries + 25; index++)
        {
            counter.Add(1, Tag("index", index));
        }

        // A known one goes on being counted.
        counter.Add(1, Tag("index", 0));

        var samples = await ReadAsync();
        samples.Count.ShouldBe(TelemetryExtensions.MaxSeries + 1);
        samples["test_many_total{otel_metric_overflow=\"true\"}"].ShouldBe(25);
        samples["test_many_total{index=\"0\"}"].ShouldBe(2);
    }

    [Fact]
    public async Task Write_ObservedGauge_HasOnlyWhatItSaysNow()
    {
        List<Measurement<int>> now = [new(4, Tag("model", "a")), new(5, Tag("model", "b"))];
        _meter.CreateObservableGauge("test.now", () => now, null, "Now");
        (await ReadAsync()).Values.ShouldBe([4, 5]);

        now = [new(7, Tag("model", "b"))];

        (await ReadAsync()).ShouldHaveSingleItem().ShouldBe(new("test_now{model=\"b\"}", 7));
    }

    [Fact]
    public async Task Write_ObservedCounter_IsWhatItSaysAndNoSum()
    {
        _meter.CreateObservableCounter("test.ever", () => 9L, null, "Ever");

        (await ReadAsync())["test_ever_total"].ShouldBe(9);
        (await ReadAsync())["test_ever_total"].ShouldBe(9);
    }

    [Fact]
    public async Task Write_InstrumentThatFails_LeavesOutItself()
    {
        _meter.CreateObservableGauge("test.broken", int () => throw new InvalidOperationException("Broken."), null, "Broken");
        _meter.CreateObservableGauge("test.sound", () => 3, null, "Sound");

        (await ReadAsync()).ShouldHaveSingleItem().ShouldBe(new("test_sound", 3));
    }

    [Fact]
    public async Task Write_UpDownCounterAndGauge_AreGauges()
    {
        var upDown = _meter.CreateUpDownCounter<int>("test.level", "{level}", "Level");
        var gauge = _meter.CreateGauge<double>("test.mood", null, "Mood");
        upDown.Add(5);
        upDown.Add(-2);
        gauge.Record(5);
        gauge.Record(3);

        var read = PrometheusReader.Read(await TextAsync());
        read.Samples["test_level"].ShouldBe(3);
        read.Samples["test_mood"].ShouldBe(3);
        (read.Types["test_level"], read.Types["test_mood"]).ShouldBe(("gauge", "gauge"));
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

        var samples = await ReadAsync();
        samples.Where(sample => sample.Key.StartsWith("test_busy", StringComparison.Ordinal)).Sum(sample => sample.Value).ShouldBe(20000);
        samples.Where(sample => sample.Key.StartsWith("test_times_seconds_count", StringComparison.Ordinal)).Sum(sample => sample.Value).ShouldBe(20000);
    }

    [Fact]
    public async Task Write_MeterOfAnotherHost_IsNotIn()
    {
        using var other = new Meter(new MeterOptions(EnsembleTelemetry.Name) { Scope = new object() });

        _meter.CreateCounter<long>("test.own", null, "Own").Add(1);
        other.CreateCounter<long>("test.other", null, "Other").Add(1);

        (await ReadAsync()).Keys.ShouldBe(["test_own_total"]);
    }

    [Fact]
    public async Task Write_OrleansMeter_HasWhatIsChosenAndNoSeriesASilo()
    {
        var orleans = Meter(OrleansMetrics.Meter);
        var missed = orleans.CreateCounter<int>(OrleansMetrics.MissedPings);
        missed.Add(1, Tag("Destination", "S10.0.0.1:11111:1"));
        missed.Add(1, Tag("Destination", "S10.0.0.1:11111:2"));
        orleans.CreateCounter<int>("orleans-messaging-rejected").Add(1, Tag("Direction", "Request"));
        orleans.CreateCounter<int>("orleans-messaging-pings-sent").Add(1, Tag("Destination", "S10.0.0.1:11111:1"));

        (await ReadAsync("orleans_")).ShouldBe(new Dictionary<string, double>
        {
            ["orleans_messaging_pings_reply_missed_total"] = 2,
            ["orleans_messaging_rejected_total{Direction=\"Request\"}"] = 1,
        });
    }

    private Meter Meter(string name) => _gateway.Services.GetRequiredService<IMeterFactory>().Create(name, name == EnsembleTelemetry.Name ? EnsembleTelemetry.Version : null);

    private Task<string> TextAsync() =>
        _gateway.Http.GetStringAsync(new Uri(new Uri(_gateway.Services.GetRequiredService<ManagementListener>().Address!), "/metrics"), Now.Cancel);

    private async Task<IEnumerable<string>> LinesAsync(string name) =>
        (await TextAsync()).Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal));

    private async Task<Dictionary<string, double>> ReadAsync(string prefix = "test_") => PrometheusReader.Read(await TextAsync()).Samples
        .Where(sample => sample.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
