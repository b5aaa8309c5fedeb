using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Silos;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>
/// What a run of a panel of three and a judge costs in calls of grains, from the HTTP request to the end of its answer. Each message of an
/// enumeration is one. What does not depend on the number of runs is none: timers, and what a frontend says to a silo of all its runs. Nor
/// are Orleans' own messages between silos about where grains live, and what is pushed to a frontend, which is no grain.
/// </summary>
public sealed class GrainCallTests(SharedBench shared) : IClassFixture<SharedBench>
{
    private const int MostBesides = 6;

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

    [Fact]
    public async Task Ask_StreamedAnswerInOnePieceThatIsPulled_TakesAtMostSixCallsBesideGates()
    {
        var calls = await CountAsync(frontend: 1, streamed: true, "It is Paris.");

        calls.Besides.Count.ShouldBeInRange(1, MostBesides, calls.Told);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public async Task Ask_StreamedAnswerThatIsPushed_TakesOneCallBesideGates(int pieces)
    {
        var calls = await CountAsync(frontend: 0, streamed: true, Words[..pieces]);

        calls.Besides.Count.ShouldBe(1, calls.Told);
    }

    [Fact]
    public async Task Ask_WholeLongAnswer_CostsWhatAShortOneDoes()
    {
        var calls = await CountAsync(frontend: 0, streamed: false, Words);

        calls.Besides.Count.ShouldBe(1, calls.Told);
    }

    [Fact]
    public async Task Ask_StreamedLongAnswerThatIsPulled_TakesNoMoreThanACallAPieceBesides()
    {
        var calls = await CountAsync(frontend: 1, streamed: true, Words);

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

    /// <param name="frontend">The first is pushed its answers, the second pulls.</param>
    /// <param name="streamed">What the caller asks for.</param>
    /// <param name="deltas">The judge's answer.</param>
    private async Task<RunCalls> CountAsync(int frontend, bool streamed, params string[] deltas)
    {
        var (bench, log) = (shared.Bench, shared.Calls);
        bench.Model("bilby").Default = StubReply.Text(string.Concat(deltas), deltas: deltas);

        // The first run also activates grains, which is not what a run costs.
        for (var run = 0; run < 2; run++)
        {
            log.Clear();
            var (status, body, _) = await bench.Frontends[frontend].ChatAsync(streamed ? ClusterBench.AskStreamed : ClusterBench.Ask);
            (status, body.Contains(deltas[^1].Trim(), StringComparison.Ordinal)).ShouldBe((200, true));

            // The end of an enumeration may come after the answer.
            await Eventually.TrueAsync(() => Count(ReadBegin) <= Count(ReadEnd), Now.Cancel);
        }

        var names = log.Calls.Where(IsOfTheRun).Select(Name).ToList();
        var told = $"{names.Count} calls of grains for one run, {(streamed ? "streamed" : "whole")}, {(frontend == 0 ? "by stream" : "by pull")}, {deltas.Length} pieces: "
            + string.Join(", ", names.CountBy(name => name).Select(count => $"{count.Value} {count.Key}"));
        TestContext.Current.SendDiagnosticMessage(told);
        return new RunCalls([.. names.Where(name => !IsOfAGate(name))], told);

        int Count(string name) => log.Calls.Count(call => Name(call) == name);
    }

    private static bool IsOfAGate(string name) => name.StartsWith($"{nameof(IGateGrain)}.", StringComparison.Ordinal);

    private static string Name(ArrivedCall call) => $"{call.Message.DeclaringType!.Name}.{call.Message.Name}";

    private static bool IsOfTheRun(ArrivedCall call) => (call.Message.DeclaringType!.Name, call.Message.Name) switch
    {
        _ when call.Target.IsSystemTarget() => false,
        ("IGrainTimerInvoker", _) or (nameof(ISiloGrain), _) => false,
        _ => true,
    };

    /// <param name="Besides">The calls beside those of gates, by name.</param>
    /// <param name="Told">All calls, in words.</param>
    private sealed record RunCalls(IReadOnlyList<string> Besides, string Told);
}
