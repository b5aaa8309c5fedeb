using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Runs;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>The strategies are the same in the cluster as in one process, and go on when a silo is lost.</summary>
public sealed class StrategyRunTests
{
    private static readonly string[] Members = ["quokka", "numbat", "wombat"];

    public static TheoryData<StrategyKind> Strategies => [.. Enum.GetValues<StrategyKind>()];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Ask_AnyStrategy_AnswersWithTheOfficialSdkAndSaysWhy(StrategyKind strategy)
    {
        await using var bench = await StartAsync(strategy);
        foreach (var frontend in bench.Frontends)
        {
            var whole = (await frontend.Sdk("council").CompleteChatAsync("The capital of France?")).Value;
            whole.Content[0].Text.ShouldContain("Paris");

            // A member that a vote no longer waits for may have been stopped before it told what it used.
            whole.Usage.TotalTokenCount.ShouldBe((int)bench.Usage.Events
                .Where(usage => usage.Source == UsageSource.Reported && whole.Id.EndsWith(usage.Run.Value, StringComparison.Ordinal))
                .Sum(usage => usage.PromptTokens + usage.CompletionTokens)!);

            var text = "";
            await foreach (var update in frontend.Sdk("council").CompleteChatStreamingAsync([new UserChatMessage("The capital of France?")]))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            }

            text.ShouldContain("Paris");
            RunId.TryParse(whole.Id["chatcmpl-".Length..], out var run).ShouldBeTrue();
            var manifest = (await bench.Frontends[0].Services.GetRequiredService<ClusterRunEngine>().FindManifestAsync(run, Now.Cancel)).ShouldNotBeNull();
            manifest.Strategy.ShouldBe(SnakeCase.Of(strategy));
            (manifest.Decisions.Count > 0 || strategy == StrategyKind.Synthesize).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(StrategyKind.Vote, "wombat", 3)]
    [InlineData(StrategyKind.Cascade, "numbat", 2)]
    [InlineData(StrategyKind.Cascade, "wombat", 3)]
    [InlineData(StrategyKind.Specialist, "numbat", 3)]
    public async Task Kill_SiloOfTheRun_TheNextIncarnationAsksOnlyForWhatIsMissing(StrategyKind strategy, string waitsFor, int answersBefore)
    {
        await using var bench = await StartAsync(strategy);

        // Three answers in a row that differ leave each strategy with nothing to decide early by.
        bench.Model("quokka").Default = AssistantAnswers.Of("Lyon");
        bench.Model("numbat").Default = AssistantAnswers.Of("Nice");
        bench.Model("wombat").Default = AssistantAnswers.Of("Paris");
        bench.Model("bilby").Default = AssistantAnswers.Of("It is Paris.");
        bench.Model(waitsFor).Enqueue(StubReply.Hang());
        var asking = bench.Frontends[1].ChatAsync(ClusterBench.Ask);
        await bench.Stub.WaitForRequestsAsync($"vendor-{waitsFor}", 1, Now.Cancel);

        // What has been answered is stored beside the run, and nobody waits for that.
        await Eventually.TrueAsync(async () => await StoredAsync(bench) >= answersBefore - 1, Now.Cancel);

        await bench.Cluster.KillSiloAsync(bench.Cluster.Silos.Single(silo =>
            bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>().InFlight == 1));

        var (status, body, _) = await asking;
        (status, body.Contains("Paris", StringComparison.Ordinal)).ShouldBe((200, true), body);
        foreach (var model in Members.Where(model => model != waitsFor))
        {
            bench.Stub.Requests.Count(request => request.Model == $"vendor-{model}").ShouldBeLessThanOrEqualTo(1, model);
        }

        bench.Stub.Requests.Count(request => request.Model == $"vendor-{waitsFor}").ShouldBe(2);
    }

    private static async Task<int> StoredAsync(ClusterBench bench)
    {
        var run = bench.Usage.Events.Select(usage => usage.Run).FirstOrDefault();
        return run == default ? 0 : (await bench.RunStore.LoadAnswersAsync(run, TimeProvider.System.GetUtcNow(), Now.Cancel)).Count;
    }

    private static async Task<ClusterBench> StartAsync(StrategyKind strategy)
    {
        var bench = await ClusterBench.StartAsync(shape: council => TestEnsembles.Of(strategy, "council", Members, "bilby") with { StragglerGrace = StragglerGrace.All });
        foreach (var member in Members)
        {
            bench.Model(member).Default = AssistantAnswers.Of("Paris.");
        }

        bench.Model("bilby").Default = AssistantAnswers.Of("It is Paris.");
        return bench;
    }
}
