using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Doors;

public sealed class RunsTests
{
    [Fact]
    public async Task Find_ByRunIdOrCompletionId_IsTheSameManifest()
    {
        await using var council = await Council.StartAsync();
        var completion = await council.Gateway.ChatAsync(Council.Ask);

        var byRun = await council.Gateway.GetAsync($"/v1/runs/{completion.Header("x-ensemble-run-id")}");
        var byCompletion = await council.Gateway.GetAsync($"/v1/runs/{completion.Completion}");

        byRun.Body.ShouldBe(byCompletion.Body);
        var run = byRun.Json;
        run.GetProperty("object").GetString().ShouldBe("ensemble.run");
        run.GetProperty("outcome").GetString().ShouldBe("completed");
        run.GetProperty("ensemble").GetString().ShouldBe("council");
        run.GetProperty("panel").GetProperty("usable").GetInt32().ShouldBe(3);
        run.GetProperty("panel").GetProperty("closed_because").GetString().ShouldBe("all_answered");
        run.GetProperty("judge").GetProperty("order").GetArrayLength().ShouldBe(3);
        run.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(60);
    }

    [Fact]
    public async Task Find_RunInFlight_SaysRunning()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(manualClock: true);
        council.Model(Council.Judge).Default = StubReply.Gated(gate.Task, StubReply.Text("It is Paris."));

        var opening = council.Gateway.StreamAsync(Council.AskStreamed);
        await council.RequestAsync(Council.Judge);
        council.Clock.Advance(TimeSpan.FromSeconds(1));
        using var stream = await opening;
        var path = $"/v1/runs/{stream.Header("x-ensemble-run-id")}";
        var during = await council.Gateway.GetAsync(path);
        gate.SetResult();
        await stream.RestAsync();
        var after = await council.Gateway.GetAsync(path);

        during.Json.GetProperty("outcome").GetString().ShouldBe("running");
        during.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(3);
        after.Json.GetProperty("outcome").GetString().ShouldBe("completed");
        after.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task Find_FailedRun_SaysWhyAsItsCallerWasTold()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Error(500, null, "down"));
        var failed = await council.Gateway.ChatAsync(Council.Ask);

        var run = await council.Gateway.GetAsync($"/v1/runs/{failed.Header("x-ensemble-run-id")}");

        run.Status.ShouldBe(HttpStatusCode.OK);
        run.Json.GetProperty("outcome").GetString().ShouldBe("panel_below_quorum");
        run.Json.GetProperty("failure").GetString().ShouldBe(failed.Json.GetProperty("error").GetProperty("message").GetString());
    }
}
