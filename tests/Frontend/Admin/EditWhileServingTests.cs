using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>An edit is seen by the next request, disturbs none that runs, and none that cannot be made changes anything.</summary>
public sealed class EditWhileServingTests
{
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task Model_AddedAMomentBefore_IsAskedByTheOfficialSdk()
    {
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Answers("Hello from the new one.");
        await using var gateway = await StartAsync();

        var created = await gateway.PostAsync("/admin/models", AdminExtensions.Model(stub.BaseUrl, "mine", "m"));
        var answer = await gateway.Sdk("mine").CompleteChatAsync(["Hi"], null, Now.Cancel);

        created.Status.ShouldBe(HttpStatusCode.Created, created.Body);
        answer.Value.Content[0].Text.ShouldBe("Hello from the new one.");
    }

    [Fact]
    public async Task Edit_DuringARun_LeavesItTheCatalogItBeganWith()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("a").Default = StubReply.Gated(gate.Task, StubReply.Text("one"));
        stub.Model("first-judge").Answers("The first judge.");
        stub.Model("second-judge").Answers("The second judge.");
        await using var gateway = await StartAsync();
        foreach (var name in (string[])["a", "first-judge", "second-judge"])
        {
            await gateway.PostAsync("/admin/models", AdminExtensions.Model(stub.BaseUrl, name, name));
        }

        await gateway.PostAsync("/admin/models", Ensemble("first-judge"));
        var running = gateway.ChatAsync(Ask);
        await stub.WaitForRequestsAsync("a", 2, Now.Cancel);
        (await gateway.PutAsync("/admin/models/mine", Ensemble("second-judge"))).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.DeleteAsync("/admin/models/first-judge")).Status.ShouldBe(HttpStatusCode.NoContent);
        gate.SetResult();
        var before = await running;
        var after = await gateway.ChatAsync(Ask);

        before.Content.ShouldBe("The first judge.");
        after.Content.ShouldBe("The second judge.");
    }

    [Fact]
    public async Task Edits_UnderLoad_DropNoRequest()
    {
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Answers("Hello.");
        await using var gateway = await StartAsync();
        await gateway.PostAsync("/admin/models", AdminExtensions.Model(stub.BaseUrl, "mine", "m"));

        var asking = Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Now.Cancel }, async (_, _) =>
        {
            var answer = await gateway.ChatAsync(Ask);
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        });
        for (var edit = 0; edit < 50; edit++)
        {
            var answer = (edit % 3) switch
            {
                0 => await gateway.PutAsync("/admin/models/mine", AdminExtensions.Model(stub.BaseUrl, "mine", "m", $",\"timeout_ms\":{50_000 + edit}")),
                1 => await gateway.PutAsync("/admin/models/other", """{"provider":"simulated"}"""),
                _ => await gateway.DeleteAsync("/admin/models/other"),
            };
            answer.Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NoContent);
        }

        await asking;
        (await gateway.GetAsync("/readyz")).Json.GetProperty("catalog").GetProperty("revision").GetInt64().ShouldBe(52);
        gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_OfAModelAndAnEnsemble_TellsWhatCameOfIt()
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { RefusedFields = new HashSet<string> { "seed" } });
        stub.Model("good").Answers("OK.");
        stub.Model("bad").Default = StubReply.Error(401, null, "who are you?");
        await using var gateway = await StartAsync();

        var good = await gateway.PostAsync("/admin/models?probe=true", AdminExtensions.Model(stub.BaseUrl, "good", "good"));
        var bad = await gateway.PostAsync("/admin/models?probe=true", AdminExtensions.Model(stub.BaseUrl, "bad", "bad"));
        var both = await gateway.PostAsync(
            "/admin/models?probe=true&validate=true", """{"display_name":"duo","ensemble":{"panel":[{"model":"good"},{"model":"bad"}],"judge":{"model":"good"}}}""");

        var report = good.Json.GetProperty("probe").GetProperty("models")[0];
        good.Json.GetProperty("probe").GetProperty("ok").GetBoolean().ShouldBeTrue(good.Body);
        report.GetProperty("answer").GetString().ShouldBe("OK.");
        report.GetProperty("dropped_parameters")[0].GetString().ShouldBe("seed");
        report.GetProperty("reports_usage").GetBoolean().ShouldBeTrue();
        bad.Status.ShouldBe(HttpStatusCode.Created);
        bad.Json.GetProperty("probe").GetProperty("models")[0].GetProperty("key_accepted").GetBoolean().ShouldBeFalse();
        both.Status.ShouldBe(HttpStatusCode.OK);
        both.Json.GetProperty("probe").GetProperty("ok").GetBoolean().ShouldBeFalse();
        both.Json.GetProperty("probe").GetProperty("models").GetArrayLength().ShouldBe(2);
        (await gateway.ReadAsync("/admin/models/duo")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<Gateway> StartAsync() => Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

    private static string Ensemble(string judge) =>
        $$$"""{"display_name":"mine","ensemble":{"panel":[{"model":"a","samples":2}],"judge":{"model":"{{{judge}}}"},"straggler_grace_ms":"all"}}""";
}
