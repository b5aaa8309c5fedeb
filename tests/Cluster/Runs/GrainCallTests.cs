using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Runs;
using Ensemble.Grains.Usage;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>
/// What a run of a panel of three and a judge costs in calls of grains, from the HTTP request to the end of its answer. Each message of an enumeration and
/// each item that is put on a stream is one. What a silo does whether there are runs or not is none: timers, the polling of queues, beats, the
/// question who watches usage. Nor are Orleans' own messages between silos about where grains live, and what a queue's agent hands to a frontend, which is
/// no grain.
/// </summary>
public sealed class GrainCallTests
{
    private const int MostBesides = 6;

    private const string RunRelease = $"{nameof(IEnsembleRunGrain)}.{nameof(IEnsembleRunGrain.ReleaseAsync)}";
    private const string ReadBegin = "IAsyncEnumerableGrainExtension.StartEnumeration";
    private const string ReadEnd = "IAsyncEnumerableGrainExtension.DisposeAsync";

    private static readonly string[] Words = [.. Enumerable.Range(0, 400).Select(number => $"word{number} ")];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Ask_WholeAnswer_TakesOneCallBesideGates(int frontend)
    {
        var calls = await CountAsync(frontend, streamed: false, "It is Paris.");

        calls.Besides.Count.ShouldBe(1, calls.Told);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Ask_StreamedAnswerInOnePiece_TakesAtMostSixCallsBesideGates(int frontend)
    {
        var calls = await CountAsync(frontend, streamed: true, "It is Paris.");

        calls.Besides.Count.ShouldBeInRange(1, MostBesides, calls.Told);
    }

    [Fact]
    public async Task Ask_WholeLongAnswer_CostsWhatAShortOneDoes()
    {
        var calls = await CountAsync(frontend: 0, streamed: false, Words);

        calls.Besides.Count.ShouldBe(1, calls.Told);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Ask_StreamedLongAnswer_TakesNoMoreThanACallAPieceBesides(int frontend)
    {
        var calls = await CountAsync(frontend, streamed: true, Words);

        calls.Besides.Count.ShouldBeInRange(1, MostBesides + Words.Length, calls.Told);
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(400, true)]
    public async Task Ask_ManyTimesFarFromLimits_TakesAtMostHalfACallOfAGateEach(int runs, bool limited)
    {
        var limits = limited ? new RateLimitConfig { Rpm = 1_000_000, Tpm = 1_000_000_000, Concurrency = 10_000 } : null;
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(
            model => model with { RateLimit = limits },
            silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        for (var run = 0; run < runs; run += 8)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => bench.Frontends[index % 2].ChatAsync(ClusterBench.Ask)));
            answers.ShouldAllBe(answer => answer.Status == 200);
        }

        var gates = log.Calls.Select(Name).Where(IsOfAGate).ToList();
        gates.Count.ShouldBeLessThanOrEqualTo(runs / 2, string.Join(", ", gates.CountBy(name => name).Select(count => $"{count.Value} {count.Key}")));
    }

    /// <param name="frontend">The first streams, the second pulls.</param>
    /// <param name="streamed">What the caller asks for.</param>
    /// <param name="deltas">The judge's answer.</param>
    private static async Task<RunCalls> CountAsync(int frontend, bool streamed, params string[] deltas)
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        bench.Model("bilby").Default = StubReply.Text(string.Concat(deltas), deltas: deltas);

        // The first run also activates grains, which is not what a run costs.
        for (var run = 0; run < 2; run++)
        {
            log.Clear();
            var (status, body, _) = await bench.Frontends[frontend].ChatAsync(streamed ? ClusterBench.AskStreamed : ClusterBench.Ask);
            (status, body.Contains(deltas[^1].Trim(), StringComparison.Ordinal)).ShouldBe((200, true));
            await WaitForTheLastAsync(log, streamed);
        }

        var names = log.Calls.Where(IsOfTheRun).Select(Name).ToList();
        var told = $"{names.Count} calls of grains for one run, {(streamed ? "streamed" : "whole")}, {(frontend == 0 ? "by stream" : "by pull")}, {deltas.Length} pieces: "
            + string.Join(", ", names.CountBy(name => name).Select(count => $"{count.Value} {count.Key}"));
        TestContext.Current.SendDiagnosticMessage(told);
        return new RunCalls([.. names.Where(name => !IsOfAGate(name))], told);
    }

    /// <summary>The end of the reading, on either way, may come after the answer.</summary>
    private static async Task WaitForTheLastAsync(CallLog log, bool streamed)
    {
        while (Count(ReadBegin) > Count(ReadEnd) || (streamed && Count(ReadBegin) + Count(RunRelease) == 0))
        {
            Now.Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        int Count(string name) => log.Calls.Count(call => Name(call) == name);
    }

    private static bool IsOfAGate(string name) => name.StartsWith($"{nameof(IGateGrain)}.", StringComparison.Ordinal);

    private static string Name(ArrivedCall call) => $"{call.Message.DeclaringType!.Name}.{call.Message.Name}";

    // Frontends put nothing but beats on a stream; answers come from silos.
    private static bool IsOfTheRun(ArrivedCall call) => (call.Message.DeclaringType!.Name, call.Message.Name) switch
    {
        _ when call.Target.IsSystemTarget() => false,
        ("IGrainTimerInvoker", _) or ("IMemoryStreamQueueGrain", "Dequeue") or (nameof(IUsageWatchGrain), _) => false,
        ("IMemoryStreamQueueGrain", _) => call.Caller.ToString()!.Contains("hosted-", StringComparison.Ordinal),
        _ => true,
    };

    /// <param name="Besides">The calls beside those of gates, by name.</param>
    /// <param name="Told">All calls, in words.</param>
    private sealed record RunCalls(IReadOnlyList<string> Besides, string Told);
}
