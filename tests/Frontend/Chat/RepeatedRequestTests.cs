using System.Globalization;
using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Execution;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>The same request once more, with a key and without one.</summary>
public sealed class RepeatedRequestTests
{
    private const string Key = "0b8f1b1e-order-66";

    [Fact]
    public async Task Repeat_AfterTheAnswer_IsTheSameAnswerAndCostsNothing()
    {
        await using var council = await WithCallersAsync(new RateLimitConfig { Tpm = 1_000_000 });
        var first = await AskAsync(council, Council.Ask);

        var again = await AskAsync(council, Council.Ask);

        (first.Status, again.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        again.Completion.ShouldBe(first.Completion);
        again.Content.ShouldBe("It is Paris.");
        (first.Header("idempotent-replayed"), again.Header("idempotent-replayed")).ShouldBe((null, "true"));
        council.Stub.Requests.Count.ShouldBe(4);
        Left(again).ShouldBe(Left(first), "the run's tokens count once");
    }

    [Fact]
    public async Task Repeat_CallerLeavesWhileItRuns_CountsTheRunOnce()
    {
        await using var council = await WithCallersAsync(new RateLimitConfig { Tpm = 1_000_000, Concurrency = 5 });
        var rest = new TaskCompletionSource();
        council.Model(Council.Judge).Default = StubReply.Gated(rest.Task, StubReply.Text("It is Paris."));
        var first = AskAsync(council, Council.Ask);
        await council.RequestAsync(Council.Judge);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Council.Ask) };
        request.Headers.Add("Idempotency-Key", Key);
        request.Headers.Add("Authorization", "Bearer anna");
        var left = council.Gateway.Http.SendAsync(request, leave.Token);
        await Eventually.TrueAsync(() => InFlightAsync(council, 2), Now.Cancel);

        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => left);
        rest.SetResult();
        var answer = await first;

        await Eventually.TrueAsync(() => InFlightAsync(council, 0), Now.Cancel);
        Left(await AskAsync(council, Council.Ask)).ShouldBe(Left(answer));
    }

    [Fact]
    public async Task Repeat_WhileItRuns_ReplaysTheStreamFromItsStart()
    {
        await using var council = await WithCallersAsync();
        var rest = new TaskCompletionSource();
        council.Model(Council.Judge).Default = StubReply.Stream(
            StubStep.Delta("It "), StubStep.Wait(rest.Task), StubStep.Delta("is Paris."), StubStep.Finish(), StubStep.Usage(10, 5), StubStep.Done());
        var first = AskAsync(council, Council.AskStreamed);
        await council.RequestAsync(Council.Judge);

        var second = AskAsync(council, Council.AskStreamed);
        rest.SetResult();

        var texts = (await Task.WhenAll(first, second)).Select(TextOf).ToList();
        texts.ShouldBe(["It is Paris.", "It is Paris."]);
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Repeat_CallerHadLeft_GetsWhatItLeft()
    {
        await using var council = await WithCallersAsync();
        var rest = new TaskCompletionSource();
        council.Model(Council.Judge).Default = StubReply.Gated(rest.Task, StubReply.Text("It is Paris."));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Council.Ask) };
        request.Headers.Add("Idempotency-Key", Key);
        request.Headers.Add("Authorization", "Bearer anna");
        var left = council.Gateway.Http.SendAsync(request, leave.Token);
        await council.RequestAsync(Council.Judge);
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => left);

        var again = AskAsync(council, Council.Ask);
        rest.SetResult();

        (await again).Content.ShouldBe("It is Paris.");
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Repeat_AfterAFailure_AsksTheJudgeAlone()
    {
        await using var council = await WithCallersAsync();
        council.Model(Council.Judge).Enqueue(StubReply.Error(500, null, "out of order"));
        (await AskAsync(council, Council.Ask)).ShouldBeError(502, "upstream_error", "judge_failed");

        var again = await AskAsync(council, Council.Ask);

        again.Content.ShouldBe("It is Paris.");
        council.Stub.Requests.Count.ShouldBe(5);
        var manifest = (await council.Gateway.GetAsync($"/v1/runs/{again.Header("x-ensemble-run-id")}", "anna")).Json;
        manifest.GetProperty("incarnation").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"model":"council","messages":[{"role":"user","content":"The capital of Spain?"}]}""")]
    [InlineData("""{"model":"council","stream":true,"messages":[{"role":"user","content":"The capital of France?"}]}""")]
    public async Task Repeat_OtherBody_IsRefusedAndChangesNothing(string other)
    {
        await using var council = await WithCallersAsync();
        await AskAsync(council, Council.Ask);

        (await AskAsync(council, other)).ShouldBeError(422, "invalid_request_error", "idempotency_key_reused");

        (await AskAsync(council, Council.Ask)).Content.ShouldBe("It is Paris.");
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Repeat_OtherCallersKey_SeesNothing()
    {
        await using var council = await WithCallersAsync();
        var first = await AskAsync(council, Council.Ask);

        var other = await AskAsync(council, Council.Ask, "bert");

        other.Completion.ShouldNotBe(first.Completion);
        other.Header("idempotent-replayed").ShouldBeNull();
        council.Stub.Requests.Count.ShouldBe(8);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\there")]
    [InlineData("long")]
    public async Task Key_Malformed_IsRefused(string key)
    {
        await using var council = await WithCallersAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask, "anna", ("Idempotency-Key", key == "long" ? new string('k', 256) : key));

        answer.ShouldBeError(400, "invalid_request_error", "invalid_idempotency_key");
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Retry_OfTheSdkAfterTheJudgeFailed_PaysThePanelOnce()
    {
        await using var council = await WithCallersAsync();
        council.Model(Council.Judge).Enqueue(StubReply.Error(500, null, "out of order"));

        var answer = await council.Gateway.Sdk("council", "anna", retries: 3).CompleteChatAsync("The capital of France?");

        answer.Value.Content[0].Text.ShouldBe("It is Paris.");
        council.Stub.Requests.Count.ShouldBe(5);
        foreach (var member in Council.Members)
        {
            council.Stub.Requests.Count(request => request.Model == $"vendor-{member}").ShouldBe(1);
        }
    }

    [Fact]
    public async Task Retry_AfterAFailureWithoutAKey_UsesThePanelOnce()
    {
        await using var council = await WithCallersAsync();
        council.Model(Council.Judge).Enqueue(StubReply.Error(500, null, "out of order"));
        await council.Gateway.ChatAsync(Council.Ask, "anna");

        await council.Gateway.ChatAsync(Council.Ask, "anna");
        council.Stub.Requests.Count.ShouldBe(5);
        await council.Gateway.ChatAsync(Council.Ask, "anna");

        council.Stub.Requests.Count.ShouldBe(9, "one who asks again after an answer wants another one");
    }

    [Theory]
    [InlineData("bert", 59)]
    [InlineData("anna", 60)]
    public async Task Retry_OfAnotherCallerOrTooLate_AsksThePanelAgain(string caller, int seconds)
    {
        await using var council = await WithCallersAsync(manualClock: true);
        council.Model(Council.Judge).Enqueue(StubReply.Error(500, null, "out of order"));
        await council.Gateway.ChatAsync(Council.Ask, "anna");

        council.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await council.Gateway.ChatAsync(Council.Ask, caller);

        council.Stub.Requests.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Retry_AfterTooFewAnswered_AsksTheOthersAlone()
    {
        await using var council = await WithCallersAsync();
        var answered = council.Gateway.Usage.WaitAsync(1);
        council.Model(Council.Members[1]).Enqueue(StubReply.Gated(answered, StubReply.Error(500, null, "out of order")));
        council.Model(Council.Members[2]).Enqueue(StubReply.Gated(answered, StubReply.Error(500, null, "out of order")));
        (await council.Gateway.ChatAsync(Council.Ask, "anna")).ShouldBeError(502, "upstream_error", "panel_below_quorum");

        (await council.Gateway.ChatAsync(Council.Ask, "anna")).Content.ShouldBe("It is Paris.");

        council.Stub.Requests.Count(request => request.Model == $"vendor-{Council.Members[0]}").ShouldBe(1);
        council.Stub.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Store_Unavailable_AffectsRequestsWithAKeyAlone()
    {
        var store = new UnavailableStore();
        await using var council = await Council.StartAsync(configure: services => services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<RepeatedRequests>(provider, (IRunStore)store)));

        (await council.Gateway.ChatAsync(Council.Ask)).Content.ShouldBe("It is Paris.");
        store.Asked.ShouldBe(0, "nothing says that it is a repeat");
        (await council.Gateway.ChatAsync(Council.Ask, null, ("x-stainless-retry-count", "1"))).Content.ShouldBe("It is Paris.");
        (await council.Gateway.ChatAsync(Council.Ask, null, ("x-stainless-retry-count", "2"))).Content.ShouldBe("It is Paris.");

        store.Asked.ShouldBe(1, "it is left alone for a while");
        (await council.Gateway.ChatAsync(Council.Ask, null, ("Idempotency-Key", Key))).ShouldBeError(503, "overloaded_error", "unavailable");
        council.Stub.Requests.Count.ShouldBe(12);
    }

    private sealed class UnavailableStore : IRunStore
    {
        public int Asked { get; private set; }

        public Task<RunClaim?> TakeClaimAsync(string scope, DateTimeOffset now, CancellationToken cancellationToken)
        {
            Asked++;
            return Fail<RunClaim?>();
        }

        public Task<RunClaim> ClaimAsync(RunClaim claim, DateTimeOffset now, CancellationToken cancellationToken) => Fail<RunClaim>();

        public Task SaveAnswerAsync(RunId run, StoredAnswer answer, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) => Fail<bool>();

        public Task<IReadOnlyList<StoredAnswer>> LoadAnswersAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken) => Fail<IReadOnlyList<StoredAnswer>>();

        public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => Fail<int>();

        private static Task<T> Fail<T>() => Task.FromException<T>(new StorageException("The database is away.", isTransient: true));
    }

    private static Task<Council> WithCallersAsync(RateLimitConfig? limits = null, bool manualClock = false) => Council.StartAsync(
        manualClock,
        shape: ensemble => ensemble with { OnJudgeFailure = OnJudgeFailure.Fail },
        model: model => model with { Retries = 0 },
        more: catalog => catalog.AddKey("anna", limits: limits).AddKey("bert"),
        configure: manualClock ? SystemClock.ForGates : null);

    private static Task<Answer> AskAsync(Council council, string json, string caller = "anna") =>
        council.Gateway.ChatAsync(json, caller, ("Idempotency-Key", Key));

    private static async Task<bool> InFlightAsync(Council council, int requests) =>
        (await council.Gateway.Services.GetRequiredService<IGate>().StatusAsync(GateKey.Caller("key-1"), Now.Cancel)).InFlight == requests;

    /// <summary>What the key had left before it, as its own run counts it.</summary>
    private static int Left(Answer answer) => int.Parse(answer.Header("x-ratelimit-remaining-tokens")!, CultureInfo.InvariantCulture)
        + (answer.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32() * (answer.Header("idempotent-replayed") is null ? 0 : 1));

    private static string TextOf(Answer answer)
    {
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Body.ShouldEndWith("data: [DONE]\n\n");
        return string.Concat(answer.Body.Split('\n')
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line[6..]).GetProperty("choices"))
            .Where(choices => choices.GetArrayLength() > 0)
            .Select(choices => choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
    }
}
