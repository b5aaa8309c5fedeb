using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Nobody is paid for an answer that nobody waits for, and what was used is accounted for all the same.</summary>
public sealed class CallerLeavesTests
{
    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task DuringThePanel_AllMembersAreStopped(string ask)
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Hang());
        StubRequest[] requests;
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.PostChatAsync(ask);
            requests = [await council.RequestAsync("quokka"), await council.RequestAsync("numbat"), await council.RequestAsync("wombat")];
        }

        await Task.WhenAll(requests.Select(request => request.Aborted)).WaitAsync(Now.Cancel);
        var usage = await council.Gateway.Usage.WaitAsync(3);

        usage.ShouldAllBe(call => call.Outcome == CallOutcome.Cancelled && call.Role == SubCallRole.Panel);
        await ShouldBeCancelledAsync(council, usage[0].Run, subCalls: 3);
        council.Stub.RequestsFor($"vendor-{Council.Judge}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task DuringTheJudge_ItIsStoppedAndThePanelsUsageIsKept(string ask)
    {
        await using var council = await Council.StartAsync();
        council.Model(Council.Judge).Default = StubReply.Hang();
        StubRequest judge;
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.PostChatAsync(ask);
            judge = await council.RequestAsync(Council.Judge);
        }

        await judge.Aborted.WaitAsync(Now.Cancel);
        var usage = await council.Gateway.Usage.WaitAsync(4);

        usage.Count(call => call.Outcome == CallOutcome.Ok && call.Source == UsageSource.Reported).ShouldBe(3);
        usage[^1].Outcome.ShouldBe(CallOutcome.Cancelled);
        usage[^1].Role.ShouldBe(SubCallRole.Judge);
        await ShouldBeCancelledAsync(council, usage[0].Run, subCalls: 4);
    }

    [Theory]
    [InlineData(Council.AskStreamed, Council.Judge, 4)]
    [InlineData(Council.AskSoloStreamed, "solo", 1)]
    public async Task AmidTheStream_TheModelIsStoppedAndItsTextIsEstimated(string ask, string writing, int subCalls)
    {
        await using var council = await Council.StartAsync();
        council.Model(writing).Default = StubReply.Stream(StubStep.Delta("It is the city of"), StubStep.Stall());
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.PostChatAsync(ask);
            await raw.ReadUntilAsync("It is");
        }

        await (await council.RequestAsync(writing)).Aborted.WaitAsync(Now.Cancel);
        var usage = await council.Gateway.Usage.WaitAsync(subCalls);

        usage[^1].Outcome.ShouldBe(CallOutcome.Cancelled);
        usage[^1].Source.ShouldBe(UsageSource.Estimated);
        usage[^1].CompletionTokens.ShouldNotBeNull().ShouldBeGreaterThan(0);
        await ShouldBeCancelledAsync(council, usage[0].Run, subCalls);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    private static async Task ShouldBeCancelledAsync(Council council, RunId run, int subCalls)
    {
        // The run's last event comes after its accounts are closed.
        var events = council.Gateway.Services.GetRequiredService<IRunEngine>().ReadAsync(run, 0, Now.Cancel);
        var last = await events.LastAsync(Now.Cancel);
        last.ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.Cancelled);

        var manifest = await council.Gateway.GetAsync($"/v1/runs/{run}");
        manifest.Json.GetProperty("outcome").GetString().ShouldBe("cancelled");
        manifest.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(subCalls);
    }
}
