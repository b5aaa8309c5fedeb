using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

public sealed class CatalogReloadTests
{
    private const string AskFirst = """{"model":"first","messages":[{"role":"user","content":"Hi"}]}""";
    private const string AskSecond = """{"model":"second","messages":[{"role":"user","content":"Hi"}]}""";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Change_WhileServing_GoodIsServedAndBadIsNot()
    {
        var clock = new ManualTimeProvider();
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Answers("Hello.");
        using var file = new CatalogFile(CatalogFile.Of(stub.BaseUrl, "first", "m"));
        await using var gateway = await Gateway.StartAsync(null, clock, null, "--Catalog:File", file.Path);

        file.Write(CatalogFile.Of(stub.BaseUrl, "second", "m"));
        clock.Advance(Poll);
        var second = await gateway.ChatAsync(AskSecond);
        var first = await gateway.ChatAsync(AskFirst);
        file.Write("{");
        clock.Advance(Poll);
        var kept = await gateway.ChatAsync(AskSecond);
        var doubtful = await gateway.GetAsync("/readyz");
        file.Write(CatalogFile.Of(stub.BaseUrl, "first", "m"));
        clock.Advance(Poll);
        var recovered = await gateway.GetAsync("/readyz");

        second.Content.ShouldBe("Hello.");
        first.ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
        kept.Content.ShouldBe("Hello.");
        doubtful.Status.ShouldBe(HttpStatusCode.OK);
        doubtful.Json.GetProperty("catalog").GetProperty("revision").GetInt64().ShouldBe(2);
        doubtful.Json.GetProperty("catalog").GetProperty("problem").GetString()!.ShouldContain("catalog.json is not served");
        recovered.Json.GetProperty("catalog").GetProperty("revision").GetInt64().ShouldBe(3);
        recovered.Json.GetProperty("catalog").GetProperty("problem").GetString().ShouldBeNull();
    }

    [Fact]
    public async Task Change_DuringARun_LeavesItTheCatalogItBeganWith()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Gated(gate.Task, StubReply.Text("Paris.")));

        var running = council.Gateway.ChatAsync(Council.Ask);
        await council.RequestAsync("quokka");
        council.Catalog.Change(Council.Snapshot(
            council.Stub, ensemble => ensemble with { Judge = ensemble.Judge! with { Model = Council.SecondJudge } }, null, null, 2));
        gate.SetResult();
        var before = await running;
        var after = await council.Gateway.ChatAsync(Council.Ask);

        before.Content.ShouldBe("It is Paris.");
        after.Content.ShouldBe("Paris, it is.");
        var run = await council.Gateway.GetAsync($"/v1/runs/{before.Completion}");
        run.Json.GetProperty("catalog_revision").GetInt64().ShouldBe(1);
    }
}
