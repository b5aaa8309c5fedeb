using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary><c>GET /v1/runs/{id}/content</c>.</summary>
public sealed class RunContentTests
{
    private static readonly string[] Captures = ["--Telemetry:CaptureContent", "true"];

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task Find_RunOfAJudge_HasPromptAnswersAndWhatTheJudgeSaw(string ask)
    {
        await using var council = await StartAsync();
        var run = (await council.Gateway.ChatAsync(ask)).Header("x-ensemble-run-id");

        var content = await ContentAsync(council, run);

        content.Status.ShouldBe(HttpStatusCode.OK, content.Body);
        content.Json.GetProperty("object").GetString().ShouldBe("ensemble.run.content");
        content.Json.GetProperty("id").GetString().ShouldBe(run);
        content.Json.GetProperty("messages")[0].GetProperty("content").GetString().ShouldBe("The capital of France?");
        content.Json.GetProperty("answer").GetString().ShouldBe("It is Paris.");
        var calls = content.Json.GetProperty("calls").EnumerateArray().ToList();
        calls.Select(call => call.GetProperty("step").GetString()).ShouldBe(["candidate", "candidate", "candidate", "synthesis"]);
        calls.Take(3).ShouldAllBe(call => call.GetProperty("content").GetString()!.Contains("Paris") && call.GetProperty("outcome").GetString() == "ok");
        calls.Take(3).Select(call => call.GetProperty("member").GetInt32()).ShouldBe([0, 1, 2]);
        var seen = calls[3].GetProperty("prompt")[0].GetProperty("content").GetString().ShouldNotBeNull();
        calls.Take(3).ShouldAllBe(call => seen.Contains(call.GetProperty("content").GetString()!));
        calls[3].GetProperty("replaces_messages").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Find_CallerThatMayNotReadNames_NamesNoModel()
    {
        await using var council = await StartAsync(more: catalog => catalog.AddKey("anna"));
        var run = (await council.Gateway.ChatAsync(Council.Ask, "anna")).Header("x-ensemble-run-id");

        var content = await council.Gateway.GetAsync($"/v1/runs/{run}/content", "anna");

        content.Json.GetProperty("calls").GetArrayLength().ShouldBe(4);
        Council.ShouldNameNobody(content.Everything);
    }

    [Fact]
    public async Task Find_RunOfAnotherCaller_Is404()
    {
        await using var council = await StartAsync(more: catalog => catalog.AddKey("anna").AddKey("bert"));
        var run = (await council.Gateway.ChatAsync(Council.Ask, "anna")).Header("x-ensemble-run-id");

        (await council.Gateway.GetAsync($"/v1/runs/{run}/content", "bert")).ShouldBeError(404, "invalid_request_error", "run_not_found");
        (await council.Gateway.GetAsync($"/v1/runs/{run}/content", "anna")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Find_ContentNotCaptured_SaysWhichOption()
    {
        await using var council = await Council.StartAsync();
        var run = (await council.Gateway.ChatAsync(Council.Ask)).Header("x-ensemble-run-id");

        (await ContentAsync(council, run)).ShouldBeError(404, "invalid_request_error", "content_not_stored")
            .Message.ShouldContain("Telemetry:CaptureContent");
    }

    [Fact]
    public async Task Find_DirectRun_SaysThatASingleModelWasAsked()
    {
        await using var council = await StartAsync();
        var run = (await council.Gateway.ChatAsync(Council.AskSolo)).Header("x-ensemble-run-id");

        (await ContentAsync(council, run)).ShouldBeError(404, "invalid_request_error", "content_not_stored").Message.ShouldContain("single model");
    }

    [Fact]
    public async Task Find_RunInFlight_Is409()
    {
        await using var council = await StartAsync();
        var rest = new TaskCompletionSource();
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It "), StubStep.Wait(rest.Task), StubStep.Finish(), StubStep.Done());
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);
        await raw.PostChatAsync(Council.AskStreamed, "");
        await council.RequestAsync(Council.Judge);
        var run = council.Gateway.Usage.Events[0].Run.Value;

        (await ContentAsync(council, run)).ShouldBeError(409, "invalid_request_error", "run_in_flight");
        rest.SetResult();
    }

    [Fact]
    public async Task Find_AfterItsRetention_SaysThatItHasExpired()
    {
        await using var council = await StartAsync(manualClock: true);
        var run = (await council.Gateway.ChatAsync(Council.Ask)).Header("x-ensemble-run-id");

        council.Clock.Advance(TimeSpan.FromHours(24));

        (await ContentAsync(council, run)).ShouldBeError(404, "invalid_request_error", "content_not_stored").Message.ShouldContain("24 hours");
    }

    [Fact]
    public async Task Replay_ContentCapturedButAnswersNotStored_IsRefused()
    {
        await using var council = await StartAsync();
        var run = (await council.Gateway.ChatAsync(Council.Ask)).Header("x-ensemble-run-id");

        var replay = await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{run}/replay", """{"strategy":"vote"}""");

        replay.ShouldBeError(404, "invalid_request_error", "answers_not_stored");
    }

    [Fact]
    public async Task Find_Replay_HasThePanelOfTheRunThatItReplays()
    {
        await using var council = await StartAsync(args: ["--Replay:StoreAnswers", "true", "--Security:MasterKey", new string('7', 64)]);
        var run = (await council.Gateway.ChatAsync(Council.Ask)).Header("x-ensemble-run-id");
        var replay = (await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{run}/replay", """{"strategy":"vote"}""")).Header("x-ensemble-run-id");

        var content = await ContentAsync(council, replay);

        content.Status.ShouldBe(HttpStatusCode.OK, content.Body);
        content.Json.GetProperty("calls").GetArrayLength().ShouldBe(3);
        content.Json.GetProperty("answer").GetString().ShouldBe("Paris.");
    }

    private static Task<Answer> ContentAsync(Council council, string? run) => council.Gateway.GetAsync($"/v1/runs/{run}/content");

    private static Task<Council> StartAsync(
        bool manualClock = false, Action<CatalogBuilder>? more = null, params string[] args) =>
        Council.StartAsync(manualClock, more: more, args: [.. Captures, .. args]);
}
