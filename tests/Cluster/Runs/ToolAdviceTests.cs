using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>Advice that is kept for a turn, in a cluster: whichever silo gets the next request of a conversation finds it.</summary>
public sealed class ToolAdviceTests
{
    private const string User = """{"role":"user","content":"The weather in Paris?"}""";

    [Fact]
    public async Task Chat_ToolTurnsOverSeveralSilos_PayForThePanelOnce()
    {
        await using var bench = await StartAsync();
        var messages = User;
        for (var turn = 0; turn < 10; turn++)
        {
            var (status, body, _) = await bench.Frontends[turn % 2].ChatAsync(Ask(messages));
            status.ShouldBe(200, body);
            messages += Result(body, turn);
        }

        Count(bench, "quokka").ShouldBe(1);
        Count(bench, "bilby").ShouldBe(10);
        Used(bench).ShouldBeGreaterThan(1, "the runs were spread over the silos");
        bench.Stub.Requests.Where(request => request.Model == "vendor-bilby")
            .ShouldAllBe(request => request.Json.GetRawText().Contains("I would look.", StringComparison.Ordinal));
        bench.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Find_FromEverySilo_IsWhatOneKept()
    {
        await using var bench = await StartAsync();
        var silos = bench.Cluster.Silos.Select(silo => bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IAdviceStore>()).ToArray();

        await silos[0].KeepAsync("key", "advice"u8.ToArray(), Now.Cancel);

        foreach (var silo in silos)
        {
            silo.ShouldBeOfType<ClusterAdvice>();
            (await silo.FindAsync("key", Now.Cancel))!.Value.ToArray().ShouldBe("advice"u8.ToArray());
            (await silo.FindAsync("other", Now.Cancel)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Chat_TheSiloWithTheAdviceIsLost_TheJudgeGoesOnWithout()
    {
        await using var bench = await StartAsync();
        var messages = User;
        var (_, body, _) = await bench.Frontends[1].ChatAsync(Ask(messages));
        messages += Result(body, 0);
        var keeper = bench.Cluster.Silos.Single(silo =>
            bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<MemoryAdviceStore>().Count > 0);

        await bench.Cluster.KillSiloAsync(keeper);
        (var status, body, _) = await bench.Frontends[1].ChatAsync(Ask(messages));

        status.ShouldBe(200, body);
        body.ShouldContain("tool_calls");
        Count(bench, "quokka").ShouldBe(1);
        bench.Stub.Requests.Last(request => request.Model == "vendor-bilby").Json.GetRawText().ShouldNotContain("I would look.");
    }

    private static async Task<ClusterBench> StartAsync()
    {
        var bench = await ClusterBench.StartAsync(
            shape: ensemble => ensemble with { MinResponses = 3, Tools = ToolsMode.Advise, Advice = AdviceFrequency.OncePerUserTurn });
        foreach (var member in (string[])["quokka", "numbat", "wombat"])
        {
            bench.Model(member).Default = StubReply.Text("I would look.");
        }

        bench.Model("bilby").Default = StubReply.ToolCall("weather", "{}");
        return bench;
    }

    private static string Ask(string messages) =>
        $$$"""{"model":"council","messages":[{{{messages}}}],"tools":[{"type":"function","function":{"name":"weather"}}]}""";

    private static string Result(string answer, int turn)
    {
        using var json = JsonDocument.Parse(answer);
        var message = json.RootElement.GetProperty("choices")[0].GetProperty("message");
        var id = message.GetProperty("tool_calls")[0].GetProperty("id").GetString();
        return $$""",{{message.GetRawText()}},{"role":"tool","tool_call_id":"{{id}}","content":"rain {{turn}}"}""";
    }

    private static int Count(ClusterBench bench, string model) => bench.Stub.Requests.Count(request => request.Model == $"vendor-{model}");

    /// <summary>Silos that have executed a run.</summary>
    private static int Used(ClusterBench bench) => bench.Cluster.Silos.Count(silo =>
    {
        var host = bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>();
        return bench.Usage.Events.Select(usage => usage.Run).Distinct().Any(run => host.FindManifest(run) is not null);
    });
}
