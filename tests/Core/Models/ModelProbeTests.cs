using System.Text;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Models;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Models;

public sealed class ModelProbeTests
{
    private const string Secret = "sk-provider-0123456789";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probe_GoodModel_TellsThatEverythingIsTaken()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Secrets.Secret = Secret;
        harness.Model = harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        harness.Served.Default = StubReply.Text("OK.");

        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        report.Works.ShouldBeTrue();
        (report.Reachable, report.KeyAccepted, report.ReportsUsage).ShouldBe((true, true, true));
        report.Answer.ShouldBe("OK.");
        report.DroppedParameters.ShouldBeEmpty();
        report.FirstToken.ShouldNotBeNull();
        var sent = harness.Stub.Requests.ShouldHaveSingleItem();
        sent.Stream.ShouldBeTrue();
        sent.Field("max_tokens")!.Value.GetInt32().ShouldBeLessThan(64);
        foreach (var name in (string[])["temperature", "seed", "top_p", "stop"])
        {
            sent.Field(name).ShouldNotBeNull(name);
        }
    }

    [Fact]
    public async Task Probe_ModelThatRefusesEveryParameter_NamesThem()
    {
        string[] names = ["temperature", "seed", "top_p", "stop"];
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = names.ToHashSet() });

        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        report.Works.ShouldBeTrue(report.Error);
        report.DroppedParameters.ShouldBe(names, ignoreOrder: true);
    }

    [Fact]
    public async Task Probe_NoUsageInTheStream_SaysSo()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Text("OK.", reportUsage: false);

        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        report.ReportsUsage.ShouldBeFalse();
        report.KeyAccepted.ShouldBeNull();
    }

    [Fact]
    public async Task Probe_RefusedKeyThatTheServerSaysBack_IsNotShown()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Secrets.Secret = Secret;
        harness.Model = harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        harness.Served.Default = StubReply.Error(401, null, $"The key {Secret} is wrong");

        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        report.Works.ShouldBeFalse();
        (report.Reachable, report.KeyAccepted, report.Status).ShouldBe((true, false, 401));
        report.Error.ShouldNotBeNull().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Probe_AnswerThatHoldsTheKey_IsShownWithoutIt()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Secrets.Secret = Secret;
        harness.Model = harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        harness.Served.Default = StubReply.Text($"You sent {Secret}, and {new string('x', 1000)}");

        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        report.Answer.ShouldNotBeNull().ShouldStartWith("You sent ***");
        report.Answer.Length.ShouldBeLessThan(400);
    }

    [Fact]
    public async Task Probe_NobodyThere_IsNotReachable()
    {
        await using var harness = await OpenAiHarness.StartAsync();

        var report = await Probe(harness).ProbeAsync(harness.Model with { BaseUrl = new Uri("http://127.0.0.1:1/v1") }, Cancel);

        (report.Works, report.Reachable, report.KeyAccepted).ShouldBe((false, false, null));
        report.Outcome.ShouldBe(CallOutcome.TransportError);
    }

    [Fact]
    public async Task Probe_ServerThatHangs_EndsAfterTenSeconds()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Hang();

        var probing = Probe(harness).ProbeAsync(harness.Model, Cancel);
        var request = await harness.Stub.WaitForRequestsAsync("m", 1, Cancel);
        harness.Time.Advance(ModelProbe.Timeout);
        var report = await probing;

        report.Outcome.ShouldBe(CallOutcome.TimedOut);
        report.Error.ShouldNotBeNull().ShouldContain("10 s");
        await request[0].Aborted.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Probe_SeveralModels_AsksEachOnce()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        string[] names = ["j", "a", "f", "b"];
        var models = names.Select(name =>
            $$"""{"display_name":"{{name}}","provider":"openai","base_url":"{{harness.Stub.BaseUrl}}","model":"{{harness.Stub.Model(name).Name}}"}""");
        harness.Stub.Model("b").Default = StubReply.Error(500, null, "down");

        var reports = await Probe(harness).ProbeAsync(Encoding.UTF8.GetBytes($$"""{"models":[{{string.Join(',', models)}}]}"""), Cancel);

        reports.Select(report => report.Model).ShouldBe(["a", "b", "f", "j"]);
        reports.Select(report => report.Works).ShouldBe([true, false, true, true]);
        harness.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Probe_EmbeddingModel_IsAskedForAVector()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Vectors(_ => [3, 4]);

        var report = await Probe(harness).ProbeAsync(harness.Model with { Kind = ModelKind.Embedding }, Cancel);

        (report.Works, report.Reachable, report.ReportsUsage, report.Answer).ShouldBe((true, true, true, "A vector of 2 numbers."));
        harness.Stub.Requests.ShouldHaveSingleItem().Path.ShouldBe("/v1/embeddings");
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_ChatModelConfiguredAsEmbedding_DoesNotWork()
    {
        await using var harness = await OpenAiHarness.StartAsync();

        var report = await Probe(harness).ProbeAsync(harness.Model with { Kind = ModelKind.Embedding }, Cancel);

        (report.Works, report.Outcome, report.Status).ShouldBe((false, CallOutcome.NotFound, 404));
    }

    [Fact]
    public async Task Json_OfReports_IsReadAsItWasWritten()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = new HashSet<string> { "seed" } });
        var report = await Probe(harness).ProbeAsync(harness.Model, Cancel);

        var read = ProbeReportJson.Read(ProbeReportJson.Write([report])).ShouldHaveSingleItem();

        read.DroppedParameters.ShouldBe(report.DroppedParameters);
        (read with { DroppedParameters = report.DroppedParameters }).ShouldBe(report);
    }

    private static ModelProbe Probe(OpenAiHarness harness) =>
        new(new Dictionary<ProviderKind, IUpstream> { [ProviderKind.OpenAi] = harness.Upstream }, harness.Secrets, harness.Time);
}
