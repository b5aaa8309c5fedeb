using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary><c>x-ensemble-manifest: inline</c>.</summary>
public sealed class InlineManifestTests
{
    private static readonly (string Name, string Value) Inline = ("x-ensemble-manifest", "inline");

    [Theory]
    [InlineData(Council.Ask, 4)]
    [InlineData(Council.AskSolo, 1)]
    public async Task Inline_KeyThatReadsManifests_IsTheLastFieldAndTheSameAsTheRuns(string ask, int calls)
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync(ask, "rudi", Inline);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        var (name, manifest) = answer.Json.EnumerateObject().Select(field => (field.Name, field.Value)).Last();
        name.ShouldBe("ensemble");
        manifest.GetProperty("outcome").GetString().ShouldBe("completed");
        manifest.GetProperty("sub_calls").GetArrayLength().ShouldBe(calls);
        manifest.GetProperty("sub_calls")[0].TryGetProperty("model", out _).ShouldBeTrue();
        manifest.GetRawText().ShouldBe((await council.Gateway.GetAsync($"/v1/runs/{answer.Completion}", "rudi")).Body);
    }

    [Fact]
    public async Task Inline_NotAskedFor_IsNotThere()
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask, "rudi");

        answer.Json.TryGetProperty("ensemble", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Inline_CallerWithoutAKeyOnThisMachine_GetsIt()
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask, null, Inline);

        answer.Json.GetProperty("ensemble").GetProperty("object").GetString().ShouldBe("ensemble.run");
    }

    [Fact]
    public async Task Inline_RepeatedAnswer_HasTheManifestOfTheFirst()
    {
        await using var council = await WithKeysAsync();
        var first = await council.Gateway.ChatAsync(Council.Ask, "rudi", Inline, ("Idempotency-Key", "order-66"));

        var again = await council.Gateway.ChatAsync(Council.Ask, "rudi", Inline, ("Idempotency-Key", "order-66"));

        again.Header("idempotent-replayed").ShouldBe("true");
        again.Json.GetProperty("ensemble").GetRawText().ShouldBe(first.Json.GetProperty("ensemble").GetRawText());
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Inline_OtherKey_Is403AndNobodyIsCalled()
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask, "anna", Inline);

        answer.ShouldBeError(403, "permission_error", "manifest_not_allowed", "x-ensemble-manifest");
        await NothingIsSpentAsync(council, answer, "anna");
    }

    [Fact]
    public async Task Inline_OfAStream_Is400AndSaysWhereTheManifestIs()
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync(Council.AskStreamed, "rudi", Inline);

        answer.ShouldBeError(400, "invalid_request_error", null, "x-ensemble-manifest").Message.ShouldContain("GET /v1/runs/{id}");
        await NothingIsSpentAsync(council, answer, "rudi");
    }

    [Theory]
    [InlineData("full")]
    [InlineData("")]
    [InlineData("inline, inline")]
    public async Task OtherValue_Is400(string value)
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask, "rudi", ("x-ensemble-manifest", value));

        answer.ShouldBeError(400, "invalid_request_error", null, "x-ensemble-manifest").Message.ShouldContain("'inline'");
        await NothingIsSpentAsync(council, answer, "rudi");
    }

    [Fact]
    public async Task Inline_FailedRun_IsTheErrorAlone()
    {
        await using var council = await WithKeysAsync();
        council.AllMembers(StubReply.Error(500, null, "down"));

        var answer = await council.Gateway.ChatAsync(Council.Ask, "rudi", Inline);

        answer.ShouldBeError(502, "upstream_error", "panel_below_quorum");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inline_ManifestOutOfReach_IsNullAndTheAnswerIsGiven(bool isForgotten)
    {
        await using var council = await Council.StartAsync(configure: services => services.AddSingleton<IRunEngine>(provider =>
            new WithoutManifests(provider.GetRequiredService<TestRunEngine>(), isForgotten)));

        var answer = await council.Gateway.ChatAsync(Council.Ask, null, Inline);

        answer.Content.ShouldBe("It is Paris.");
        answer.Json.GetProperty("ensemble").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static async Task NothingIsSpentAsync(Council council, Answer answer, string key)
    {
        answer.Header("x-should-retry").ShouldBe("false");
        answer.Header("x-ensemble-run-id").ShouldBeNull();
        council.Stub.Requests.ShouldBeEmpty();
        (await council.Gateway.ChatAsync(Council.AskSolo, key)).Header("x-ratelimit-remaining-requests").ShouldBe("8");
    }

    private static Task<Council> WithKeysAsync() => Council.StartAsync(more: catalog => catalog
        .AddKey("anna", limits: new RateLimitConfig { Rpm = 9 })
        .AddKey("rudi", readManifests: true, limits: new RateLimitConfig { Rpm = 9 }));

    private sealed class WithoutManifests(IRunEngine engine, bool isForgotten) : IRunEngine
    {
        public ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken) => engine.StartAsync(request, cancellationToken);

        public IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, CancellationToken cancellationToken) => engine.ReadAsync(run, after, cancellationToken);

        public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken) => engine.CancelAsync(run, cancellationToken);

        public ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) => isForgotten
            ? default
            : throw new ClusterUnavailableException("Nobody answers.", null);
    }
}
