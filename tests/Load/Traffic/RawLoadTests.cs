using System.Diagnostics;
using Ensemble.Load.Processes;
using Ensemble.Load.Proxies;
using Ensemble.Load.Soak;
using Ensemble.Load.Stub;
using Ensemble.Load.Traffic;
using Ensemble.Testing;

namespace Ensemble.Load.Tests.Traffic;

public sealed class RawLoadTests : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _servers = [];
    private readonly Uri _stub = FreeAddress();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_servers);
        _stop.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Stub_EachCallerGetsItsAnswersWhole(bool isStreamed)
    {
        await StartAsync(_stub, StubServer.RunAsync(_stub, _stop.Token));
        var sink = new CountedSink(callers: 8, answers: 300);

        await RunAsync(_stub, Shape(callers: 8, isStreamed), sink);

        sink.Faults.ShouldBeEmpty();
        sink.Answers.Count.ShouldBe(300);
        sink.Answers.ShouldAllBe(answer => answer.Status == 200);
        var samples = sink.Answers.Select(answer => answer.Sample).ToList();
        samples.ShouldAllBe(sample => sample.Start <= sample.FirstContent && sample.FirstContent <= sample.End);
        samples.Select(sample => sample.Run).Distinct().Count().ShouldBe(300);
    }

    [Fact]
    public async Task Run_ThroughYarp_GetsTheStubsAnswers()
    {
        var proxy = FreeAddress();
        await StartAsync(_stub, StubServer.RunAsync(_stub, _stop.Token));
        await StartAsync(proxy, YarpProxy.RunAsync(proxy.GetLeftPart(UriPartial.Authority), _stub, _stop.Token));
        var sink = new CountedSink(callers: 4, answers: 50);

        await RunAsync(proxy, Shape(callers: 4), sink);

        sink.Faults.ShouldBeEmpty();
        sink.Answers.Count.ShouldBe(50);
    }

    [Fact]
    public async Task Run_ModelThatTheStubHasNot_IsCountedByItsStatus()
    {
        await StartAsync(_stub, StubServer.RunAsync(_stub, _stop.Token));
        var sink = new SoakSink(Stopwatch.GetTimestamp() + Stopwatch.Frequency / 100);

        await RunAsync(_stub, Shape(callers: 2) with { Panel = 3 }, sink);

        var count = sink.Take();
        count.Times.ShouldBeEmpty();
        count.Refusals.Keys.ShouldBe(["404"]);
        count.FirstFault!.ShouldStartWith("status 404");
        sink.Take().Refused.ShouldBe(0);
    }

    [Fact]
    public async Task Run_NothingListens_SaysSoOfEachRequest()
    {
        var sink = new CountedSink(callers: 1, answers: 3);

        await RunAsync(_stub, Shape(callers: 1), sink);

        sink.Faults.ShouldBe(Enumerable.Repeat("no connection: ConnectionRefused", 3));
    }

    /// <summary>Calls of a single model.</summary>
    private static LoadShape Shape(int callers, bool isStreamed = false) => new(Panel: 0, Latency: 0, callers, isStreamed, TimeSpan.Zero);

    private static Uri FreeAddress() => new($"http://127.0.0.1:{ChildProcess.FreePort()}");

    private static Task RunAsync(Uri address, LoadShape shape, IAnswerSink sink) => Task.Run(() =>
    {
        using var load = new RawLoad(address, NoHeaders, shape, sink, TestContext.Current.CancellationToken);
        load.Run(Stopwatch.GetTimestamp());
    });

    private async Task StartAsync(Uri address, Task server)
    {
        _servers.Add(server);
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await http.GetStringAsync(new Uri(address, Names.ReadyPath), TestContext.Current.CancellationToken);
                    return true;
                }
                catch (HttpRequestException) when (!server.IsCompleted)
                {
                    return false;
                }
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Wants so many answers of all callers together, and no more.</summary>
    private sealed class CountedSink(int callers, int answers) : IAnswerSink
    {
        private int _asked = callers;

        public List<Answer> Answers { get; } = [];

        public IEnumerable<string> Faults => Answers.Select(answer => answer.Fault).OfType<string>();

        public long? Take(Answer answer)
        {
            Answers.Add(answer);
            return _asked++ < answers ? answer.Sample.End : null;
        }
    }
}
