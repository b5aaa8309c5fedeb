using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>Streamed answers of three silos, at a frontend that streams and at one that pulls.</summary>
public sealed class ClusterAnswerTests
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 400).Select(number => $"word{number} ")];

    private static readonly string Text = string.Concat(Words);

    [Fact]
    public async Task Ask_64AtOnceOverEachTransport_AllCompleteAndInOrder()
    {
        FaultyObserver? pushed = null;
        await using var bench = await ClusterBench.StartAsync(observe: inner => pushed = new FaultyObserver(inner, seed: 1, percent: 0));
        bench.Model("bilby").Default = StubReply.Text(Text, deltas: Words);
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Body.ShouldContain(Words[^1].Trim());
        pushed!.Runs.ShouldBe(0, "a whole answer comes with its call");

        foreach (var frontend in bench.Frontends)
        {
            var runs = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => StreamedRun.AskAsync(frontend)));

            runs.ShouldAllBe(run => run.Events.Count > 10);
            foreach (var run in runs)
            {
                run.ShouldBeWhole(Text);
            }

            // All of the first frontend's, none of the second's.
            pushed.Runs.ShouldBe(64);
        }

        bench.Answers.Awaited.ShouldBe(0, "nothing of a run that has ended is subscribed");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Ask_StreamDropsDelaysAndDoubles_AllCompleteAndInOrder(int seed)
    {
        FaultyObserver? pushed = null;
        await using var bench = await ClusterBench.StartAsync(observe: inner => pushed = new FaultyObserver(inner, seed, percent: 20));
        bench.Model("bilby").Default = StubReply.Text(Text, deltas: Words);

        var runs = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => StreamedRun.AskAsync(bench.Frontends[0])));

        foreach (var run in runs)
        {
            run.ShouldBeWhole(Text);
        }

        pushed!.Faults.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Ask_EverySiloRestartedOneAfterTheOther_AnswersMeanwhileAndIsPushedAgain()
    {
        FaultyObserver? pushed = null;
        await using var bench = await ClusterBench.StartAsync(observe: inner => pushed = new FaultyObserver(inner, seed: 1, percent: 0));
        foreach (var silo in bench.Cluster.Silos.ToList())
        {
            await bench.Cluster.StartAdditionalSiloAsync();
            await bench.Cluster.StopSiloAsync(silo);
            await bench.Cluster.WaitForLivenessToStabilizeAsync();
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        }

        // A run that was lost with its silo has others pulled for a while; what counts is that runs are pushed in the end.
        var before = pushed!.Runs;
        await AskUntilAsync(bench, () => pushed.Runs > before);
    }

    [Fact]
    public async Task Ask_StreamBringsNothing_AnswersAreWholeAndPushedAgainWhenItDoes()
    {
        FaultyObserver? pushed = null;
        await using var bench = await ClusterBench.StartAsync(observe: inner => pushed = new FaultyObserver(inner, seed: 1, percent: 0));
        pushed!.IsDeaf = true;

        // The first is silent until its silo says how far it is; those after it are pulled at once.
        for (var ask = 0; ask < 10; ask++)
        {
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
        }

        pushed.Runs.ShouldBe(0);
        pushed.IsDeaf = false;
        await AskUntilAsync(bench, () => pushed.Runs > 0);
    }

    private static Task AskUntilAsync(ClusterBench bench, Func<bool> condition) => Eventually.TrueAsync(
        async () =>
        {
            (await StreamedRun.AskAsync(bench.Frontends[0])).ShouldBeWhole("It is Paris.");
            return condition();
        },
        Now.Cancel);
}
