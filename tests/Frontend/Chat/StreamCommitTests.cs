using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>When a stream's headers go out, and what keeps it alive.</summary>
public sealed class StreamCommitTests
{
    private const string KeepAlive = ": keep-alive";

    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Headers_GoOutAfterTheCommitTime_AndCommentsFillTheSilence()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.AllMembers(StubReply.Gated(gate.Task, StubReply.Text("Paris.")));

        var opening = council.Gateway.StreamAsync(Council.AskStreamed);
        await council.Clock.WaitForTimerAsync(Commit, Now.Cancel);
        opening.IsCompleted.ShouldBeFalse();
        council.Clock.Advance(Commit);
        using var stream = await opening;
        var comments = new List<string?> { await stream.NextAsync() };
        for (var round = 0; round < 3; round++)
        {
            await council.Clock.WaitForTimerAsync(Silence, Now.Cancel);
            council.Clock.Advance(Silence);
            comments.Add(await stream.NextAsync());
        }

        gate.SetResult();
        var lines = await stream.RestAsync();

        comments.ShouldBe([KeepAlive, KeepAlive, KeepAlive, KeepAlive]);
        stream.Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        stream.Header("x-ensemble-agreement").ShouldBeNull();
        lines.ShouldNotContain(KeepAlive);
        EventStream.Content(lines).ShouldBe("It is Paris.");
        lines[^1].ShouldBe("data: [DONE]");
    }

    [Fact]
    public async Task Comments_CountFromTheLastPiece()
    {
        TaskCompletionSource[] gates = [Gate(), Gate(), Gate()];
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.Model(Council.Judge).Default = StubReply.Stream(
            StubStep.Delta("It"), StubStep.Wait(gates[0].Task), StubStep.Delta(" is"), StubStep.Wait(gates[1].Task), StubStep.Delta(" Paris"),
            StubStep.Wait(gates[2].Task), StubStep.Finish(), StubStep.Done());

        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);
        var lines = new List<string?> { await stream.NextAsync(), await stream.NextAsync() };

        // The commit's timer finds that something has been sent, and waits for the rest of the silence.
        council.Clock.Advance(Commit);
        await council.Clock.WaitForTimerAsync(Silence - Commit, Now.Cancel);
        council.Clock.Advance(TimeSpan.FromSeconds(2));
        gates[0].SetResult();
        lines.Add(await stream.NextAsync());
        council.Clock.Advance(TimeSpan.FromSeconds(3));
        await council.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(7), Now.Cancel);
        council.Clock.Advance(TimeSpan.FromSeconds(6));
        gates[1].SetResult();
        lines.Add(await stream.NextAsync());
        council.Clock.Advance(TimeSpan.FromSeconds(1));
        await council.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(9), Now.Cancel);
        council.Clock.Advance(TimeSpan.FromSeconds(9));
        lines.Add(await stream.NextAsync());
        gates[2].SetResult();
        lines.AddRange(await stream.RestAsync());

        lines.Count(line => line == KeepAlive).ShouldBe(1);
        lines.IndexOf(KeepAlive).ShouldBe(4);
        EventStream.Content(lines!).ShouldBe("It is Paris");
    }

    [Fact]
    public async Task Error_BeforeTheCommit_IsAStatus()
    {
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.AllMembers(StubReply.Error(500, null, "down"));

        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);

        stream.Response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        stream.Response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Theory]
    [InlineData(4999, 429)]
    [InlineData(5000, 200)]
    public async Task Direct_FailureBeforeTheCommit_KeepsItsStatusAndWait(int milliseconds, int status)
    {
        var gate = Gate();
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.Model("solo").Default = StubReply.Gated(
            gate.Task, StubReply.Error(429, null, "slow", retryAfter: TimeSpan.FromSeconds(7)));

        var opening = council.Gateway.StreamAsync(Council.AskSoloStreamed);
        await council.Clock.WaitForTimerAsync(Commit, Now.Cancel);
        await council.RequestAsync("solo");
        council.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        if (status == 200)
        {
            using var committed = await opening;
            ((int)committed.Response.StatusCode).ShouldBe(status);
            gate.SetResult();
            return;
        }

        gate.SetResult();
        using var stream = await opening;
        ((int)stream.Response.StatusCode).ShouldBe(status);
        stream.Header("retry-after").ShouldBe("7");
    }

    [Fact]
    public async Task Direct_CommitTimeOfTheModel_IsItsOwn()
    {
        var own = TimeSpan.FromMilliseconds(1500);
        await using var council = await Council.StartAsync(
            manualClock: true, configure: SystemClock.ForGates, model: model => model with { StreamCommit = own });
        var gate = Gate();
        council.Model("solo").Default = StubReply.Gated(gate.Task, StubReply.Text("Paris."));

        var opening = council.Gateway.StreamAsync(Council.AskSoloStreamed);
        await council.Clock.WaitForTimerAsync(own, Now.Cancel);
        council.Clock.Advance(own);
        using var stream = await opening;
        (await stream.NextAsync()).ShouldBe(KeepAlive);
        gate.SetResult();
    }

    [Fact]
    public async Task FirstPiece_CommitsBeforeTheTime()
    {
        var gate = Gate();
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.Model("solo").Default = StubReply.Stream(
            StubStep.Delta("Paris"), StubStep.Wait(gate.Task), StubStep.Finish(), StubStep.Done());

        using var stream = await council.Gateway.StreamAsync(Council.AskSoloStreamed);
        var first = await stream.NextAsync();
        gate.SetResult();
        var lines = await stream.RestAsync();

        first!.ShouldContain("assistant");
        lines[^1].ShouldBe("data: [DONE]");
    }

    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
