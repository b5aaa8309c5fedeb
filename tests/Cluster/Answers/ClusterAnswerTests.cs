using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Streams;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>Streamed answers of three silos, at a frontend that streams and at one that pulls.</summary>
public sealed class ClusterAnswerTests
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 400).Select(number => $"word{number} ")];

    private static readonly string Text = string.Concat(Words);

    [Fact]
    public async Task Ask_64AtOnceOverEachTransport_AllCompleteAndInOrder()
    {
        FaultyWire? wire = null;
        await using var bench = await ClusterBench.StartAsync(wire: inner => wire = new FaultyWire(inner, seed: 1, percent: 0));
        bench.Model("bilby").Default = StubReply.Text(Text, deltas: Words);
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Body.ShouldContain(Words[^1].Trim());
        wire!.Runs.ShouldBe(0, "a whole answer is pulled");

        foreach (var frontend in bench.Frontends)
        {
            var runs = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => StreamedRun.AskAsync(frontend)));

            runs.ShouldAllBe(run => run.Events.Count > 10);
            foreach (var run in runs)
            {
                run.ShouldBeWhole(Text);
            }

            // All of the first frontend's, none of the second's.
            wire.Runs.ShouldBe(64);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Ask_StreamDropsDelaysAndDoubles_AllCompleteAndInOrder(int seed)
    {
        FaultyWire? wire = null;
        await using var bench = await ClusterBench.StartAsync(wire: inner => wire = new FaultyWire(inner, seed, percent: 20));
        bench.Model("bilby").Default = StubReply.Text(Text, deltas: Words);

        var runs = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => StreamedRun.AskAsync(bench.Frontends[0])));

        foreach (var run in runs)
        {
            run.ShouldBeWhole(Text);
        }

        wire!.Faults.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Ask_EverySiloRestartedOneAfterTheOther_AnswersMeanwhileAndIsLiveAgain()
    {
        FaultyWire? wire = null;
        await using var bench = await ClusterBench.StartAsync(wire: inner => wire = new FaultyWire(inner, seed: 1, percent: 0));
        foreach (var silo in bench.Cluster.Silos.ToList())
        {
            await bench.Cluster.StartAdditionalSiloAsync();
            await bench.Cluster.StopSiloAsync(silo);
            await bench.Cluster.WaitForLivenessToStabilizeAsync();
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        }

        // The loss may show only now; what counts is that runs are served by the stream in the end.
        var before = wire!.Runs;
        for (var ask = 0; wire.Runs == before && ask < 200; ask++)
        {
            await bench.Answers.WaitUntilLiveAsync(Now.Cancel);
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        }

        wire.Runs.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Ask_StreamBringsNothing_AnswersAreWholeBeforeAndAfterItIsNoticed()
    {
        FaultyWire? wire = null;
        await using var bench = await ClusterBench.StartAsync(wire: inner => wire = new FaultyWire(inner, seed: 1, percent: 0));
        wire!.IsDeaf = true;
        while (bench.Answers.IsLive)
        {
            // Each is silent until it is asked how far it is.
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        }

        (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        wire.Runs.ShouldBe(0);

        wire.IsDeaf = false;
        await bench.Answers.WaitUntilLiveAsync(Now.Cancel);
        (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        wire.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_FrontendInsideASilo_IsLive()
    {
        await using var bench = await ClusterBench.StartAsync();
        var client = bench.Cluster.GetSiloServiceProvider().GetRequiredService<IClusterClient>();
        var wire = new OrleansStreamWire<AnswerBatch>(client.GetStreamProvider(AnswerStreams.ProviderName), AnswerStreams.Namespace);
        await using var stream = new AnswerStream(wire, _ => Task.FromResult<long?>(0), TimeProvider.System, NullLogger<AnswerStream>.Instance);

        await stream.StartAsync(Now.Cancel);

        await stream.WaitUntilLiveAsync(Now.Cancel);
        await stream.StopAsync(Now.Cancel);
    }
}
