using System.Net;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary><c>?validate=true&amp;plan=N</c>.</summary>
public sealed class DraftPlanTests
{
    private const string Duo = """
        {"display_name":"duo","ensemble":{"panel":[{"model":"sim-swift"},{"model":"sim-steady","samples":2}],"judge":{"model":"sim-judge"}}}
        """;

    [Theory]
    [InlineData(8)]
    [InlineData(2000)]
    [InlineData(1_000_000)]
    public async Task Plan_OfADraft_IsThatOfARequestOfSoManyTokensAndNothingIsWritten(int tokens)
    {
        await using var gateway = await StartAsync();

        var draft = await gateway.PostAsync($"/admin/models?validate=true&plan={tokens}", Duo);

        draft.Status.ShouldBe(HttpStatusCode.OK, draft.Body);
        draft.Json.GetProperty("written").GetBoolean().ShouldBeFalse();
        var plan = draft.Json.GetProperty("plan");
        plan.EnumerateObject().Select(field => field.Name).ShouldBe(["object", "ensemble", "strategy", "calls", "sure", "at_most"]);
        plan.GetProperty("ensemble").GetString().ShouldBe("duo");
        plan.GetProperty("strategy").GetString().ShouldBe("synthesize");
        var panel = plan.GetProperty("calls").EnumerateArray().Where(call => call.GetProperty("role").GetString() == "panel").ToArray();
        panel.ShouldAllBe(call => call.GetProperty("prompt_tokens").GetInt64() == tokens);
        panel.Select(call => call.GetProperty("model").GetString()).Distinct().ShouldBe(["sim-swift", "sim-steady"]);
        (await gateway.ReadAsync("/admin/models/duo")).Status.ShouldBe(HttpStatusCode.NotFound);
        gateway.Usage.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_OfADraft_IsTheSameAsOfTheEntryOnceItIsWritten()
    {
        await using var gateway = await StartAsync();
        var draft = await gateway.PutAsync("/admin/models/duo?validate=true&plan=8", Duo);
        (await gateway.PutAsync("/admin/models/duo", Duo)).Status.ShouldBe(HttpStatusCode.Created);

        var real = await gateway.SendAsync(
            HttpMethod.Post, "/v1/chat/completions?dry_run=true", """{"model":"duo","messages":[{"role":"user","content":"Hey!"}]}""");

        draft.Json.GetProperty("plan").GetRawText().ShouldBe(real.Body);
    }

    [Fact]
    public async Task Plan_OfAModel_IsOneCallAndOfAnEmbeddingNone()
    {
        await using var gateway = await StartAsync();

        var model = await gateway.PostAsync("/admin/models?validate=true&plan=100", """{"display_name":"solo","provider":"simulated"}""");
        var vectors = await gateway.PostAsync("/admin/models?validate=true&plan=100", """{"display_name":"vectors","provider":"simulated","kind":"embedding"}""");

        model.Json.GetProperty("plan").GetProperty("strategy").GetString().ShouldBe("direct");
        model.Json.GetProperty("plan").GetProperty("calls").GetArrayLength().ShouldBe(1);
        vectors.Status.ShouldBe(HttpStatusCode.OK, vectors.Body);
        vectors.Json.TryGetProperty("plan", out _).ShouldBeFalse();
        (await gateway.PostAsync("/admin/models?validate=true", """{"display_name":"solo","provider":"simulated"}""")).Json.TryGetProperty("plan", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/admin/models?plan=100", "validate=true")]
    [InlineData("/admin/models?validate=false&plan=100", "validate=true")]
    [InlineData("/admin/models?validate=true&plan=0", "from 1 to 1000000")]
    [InlineData("/admin/models?validate=true&plan=1000001", "from 1 to 1000000")]
    [InlineData("/admin/models?validate=true&plan=many", "from 1 to 1000000")]
    [InlineData("/admin/models?validate=true&plan=", "from 1 to 1000000")]
    [InlineData("/admin/keys?validate=true&plan=100", "for models only")]
    public async Task Plan_ThatCannotBe_Is400AndNamesTheParameter(string path, string words)
    {
        await using var gateway = await StartAsync();

        var refused = await gateway.PostAsync(path, path.Contains("keys", StringComparison.Ordinal) ? """{"name":"anna"}""" : Duo);

        refused.ShouldBeError(400, "invalid_request_error", null, "plan").Message.ShouldContain(words);
        (await gateway.ReadAsync("/admin/models/duo")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Plan_OfAnInvalidDraft_IsTheErrorsAlone()
    {
        await using var gateway = await StartAsync();

        var refused = await gateway.PostAsync("/admin/models?validate=true&plan=100", """{"display_name":"duo","ensemble":{"panel":[{"model":"nobody"}]}}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Json.TryGetProperty("plan", out _).ShouldBeFalse();
    }

    private static Task<Gateway> StartAsync() => Gateway.StartAsync(null, args: AdminExtensions.KeyOption);
}
