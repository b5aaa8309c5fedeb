using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary><c>/v1/runs/{id}/feedback</c>.</summary>
public sealed class FeedbackTests
{
    private static readonly string[] Captures = [.. AdminExtensions.KeyOption, "--Telemetry:CaptureContent", "true", "--Security:MasterKey", new string('7', 64)];

    [Fact]
    public async Task Save_ByTheCallerAndAnAdministrator_OnceEachAndTheReportCountsIt()
    {
        await using var council = await StartAsync(AdminExtensions.KeyOption);
        council.Model("wombat").Default = StubReply.Text("Lyon.");
        var run = await AskAsync(council, "sk-anna");

        var first = await SaveAsync(council, run, """{"correct":true}""", "sk-anna");
        var later = await SaveAsync(council, $"chatcmpl-{run}", """{"score":0.25,"comment":"Not quite."}""", "sk-anna");
        var admin = await SaveAsync(council, run, """{"correct":true}""", AdminExtensions.Key);

        first.Status.ShouldBe(HttpStatusCode.OK, first.Body);
        first.Body.ShouldBe($$"""{"object":"ensemble.feedback","run":"{{run}}","correct":true,"score":1,"comment_kept":false}""");
        later.Body.ShouldBe($$"""{"object":"ensemble.feedback","run":"{{run}}","correct":false,"score":0.25,"comment_kept":false}""");
        admin.Status.ShouldBe(HttpStatusCode.OK, admin.Body);
        var own = (await council.Gateway.GetAsync($"/v1/runs/{run}/feedback", "sk-anna")).Json.GetProperty("data");
        own.GetArrayLength().ShouldBe(1);
        own[0].GetProperty("score").GetDouble().ShouldBe(0.25);
        (await council.Gateway.ReadAsync($"/v1/runs/{run}/feedback")).Json.GetProperty("data").GetArrayLength().ShouldBe(2);
        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);
        var report = (await council.Gateway.ReadAsync("/admin/ensembles/council/report")).Json;
        report.GetProperty("feedback").GetProperty("right").GetProperty("count").GetInt64().ShouldBe(1);
        report.GetProperty("feedback").GetProperty("count").GetInt64().ShouldBe(2);
        report.GetProperty("feedback").GetProperty("mean_score").GetDouble().ShouldBe(0.625);
        var quokka = report.GetProperty("members").EnumerateArray().Single(member => member.GetProperty("member").GetString() == "quokka");
        quokka.GetProperty("right_with").GetProperty("of").GetInt64().ShouldBe(2);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Save_OnARunWithoutAnAnswer_IsNotCountedInTheReport()
    {
        await using var council = await StartAsync(AdminExtensions.KeyOption);
        council.AllMembers(StubReply.Error(400, null, "No."));
        var run = (await council.Gateway.ChatAsync(Council.Ask, "sk-anna")).Header("x-ensemble-run-id").ShouldNotBeNull();

        (await SaveAsync(council, run, """{"correct":true}""", "sk-anna")).Status.ShouldBe(HttpStatusCode.OK);

        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);
        var report = (await council.Gateway.ReadAsync("/admin/ensembles/council/report")).Json;
        report.GetProperty("feedback").GetProperty("count").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Save_FieldTwice_SaysSoWithoutAPlace()
    {
        await using var council = await StartAsync([]);
        var run = await AskAsync(council, "sk-anna");

        var refused = await SaveAsync(council, run, """{"correct":true,"correct":false}""", "sk-anna");

        refused.ShouldBeError(400, "invalid_request_error", null).Message.ShouldContain("twice: send each field once");
    }

    [Fact]
    public async Task Save_OfSomebodyElsesRun_IsNotFound()
    {
        await using var council = await StartAsync(AdminExtensions.KeyOption);
        var run = await AskAsync(council, "sk-anna");

        var foreign = await SaveAsync(council, run, """{"correct":true}""", "sk-bert");
        var unknown = await SaveAsync(council, RunId.New().Value, """{"correct":true}""", "sk-anna");
        var read = await council.Gateway.GetAsync($"/v1/runs/{run}/feedback", "sk-bert");
        var stranger = await SaveAsync(council, run, """{"correct":true}""", "sk-carl");

        foreign.ShouldBeError(404, "invalid_request_error", "run_not_found");
        unknown.ShouldBeError(404, "invalid_request_error", "run_not_found");
        read.ShouldBeError(404, "invalid_request_error", "run_not_found");
        stranger.ShouldBeError(401, "authentication_error", "invalid_api_key");
        (await council.Gateway.ReadAsync($"/v1/runs/{run}/feedback")).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("[]", null)]
    [InlineData("""{"correct":true,"correct":false}""", null)]
    [InlineData("{}", "correct")]
    [InlineData("""{"correct":null}""", "correct")]
    [InlineData("""{"correct":"yes"}""", "correct")]
    [InlineData("""{"score":1.01}""", "score")]
    [InlineData("""{"score":-0.1}""", "score")]
    [InlineData("""{"score":"1"}""", "score")]
    [InlineData("""{"correct":true,"score":1}""", "score")]
    [InlineData("""{"correct":true,"comment":7}""", "comment")]
    [InlineData("""{"correct":true,"rating":5}""", "rating")]
    public async Task Save_BodyThatSaysNothingClear_NamesTheField(string body, string? field)
    {
        await using var council = await StartAsync([]);
        var run = await AskAsync(council, "sk-anna");

        (await SaveAsync(council, run, body, "sk-anna")).ShouldBeError(400, "invalid_request_error", null, field);
    }

    [Fact]
    public async Task Save_TooLongOrNoJson_IsRefused()
    {
        await using var council = await StartAsync([]);
        var run = await AskAsync(council, "sk-anna");

        var comment = await SaveAsync(council, run, $$"""{"correct":true,"comment":"{{new string('x', 4001)}}"}""", "sk-anna");
        var body = await SaveAsync(council, run, $$"""{"correct":true,"comment":"{{new string('x', 40_000)}}"}""", "sk-anna");
        using var text = new HttpRequestMessage(HttpMethod.Post, $"/v1/runs/{run}/feedback") { Content = new StringContent("correct") };
        text.Headers.Authorization = new("Bearer", "sk-anna");
        using var plain = await council.Gateway.Http.SendAsync(text, Now.Cancel);

        comment.ShouldBeError(400, "invalid_request_error", null, "comment");
        body.ShouldBeError(413, "invalid_request_error", "request_too_large");
        (await Answer.ReadAsync(plain)).ShouldBeError(415, "invalid_request_error", "unsupported_media_type");
    }

    [Fact]
    public async Task Save_RunInFlight_IsRefused()
    {
        await using var council = await Council.StartAsync(manualClock: true, more: static catalog => catalog.AddKey("sk-anna"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        council.Model(Council.Judge).Default = StubReply.Gated(gate.Task, StubReply.Text("It is Paris."));
        var opening = council.Gateway.StreamAsync(Council.AskStreamed, "sk-anna");
        await council.RequestAsync(Council.Judge);
        council.Clock.Advance(TimeSpan.FromSeconds(5));
        using var stream = await opening;

        var during = await SaveAsync(council, stream.Header("x-ensemble-run-id")!, """{"correct":true}""", "sk-anna");

        during.ShouldBeError(409, "invalid_request_error", "run_in_flight");
        gate.SetResult();
        await stream.RestAsync();
    }

    [Fact]
    public async Task Save_Comment_IsKeptSealedWhereContentIsCaptured()
    {
        await using var council = await StartAsync(Captures);
        var run = await AskAsync(council, "sk-anna");

        var saved = await SaveAsync(council, run, """{"correct":false,"comment":"It is Lyon, surely: Ünïcode."}""", "sk-anna");

        saved.Json.GetProperty("comment_kept").GetBoolean().ShouldBeTrue();
        (await council.Gateway.GetAsync($"/v1/runs/{run}/feedback", "sk-anna")).Json.GetProperty("data")[0].GetProperty("comment").GetString()
            .ShouldBe("It is Lyon, surely: Ünïcode.");
        RunId.TryParse(run, out var id).ShouldBeTrue();
        var stored = (await council.Gateway.Services.GetRequiredService<IReportStore>().FindFeedbackAsync(id, Now.Cancel)).ShouldHaveSingleItem();
        stored.Comment.Span.IndexOf("Lyon"u8).ShouldBe(-1);
    }

    private static Task<Council> StartAsync(string[] args) => Council.StartAsync(
        shape: static ensemble => ensemble with { Strategy = StrategyKind.Vote, Judge = null },
        more: static catalog => catalog.AddKey("sk-anna").AddKey("sk-bert"),
        configure: static services => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>()),
        args: args);

    private static async Task<string> AskAsync(Council council, string key)
    {
        var answer = await council.Gateway.ChatAsync(Council.Ask, key);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        return answer.Header("x-ensemble-run-id")!;
    }

    private static Task<Answer> SaveAsync(Council council, string run, string body, string key) =>
        council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{run}/feedback", body, key);
}
