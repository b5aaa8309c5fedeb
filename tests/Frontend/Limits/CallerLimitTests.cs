using System.ClientModel;
using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Gates;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Limits;

/// <summary>The limits of callers' keys and of ensembles, as callers meet them.</summary>
public sealed class CallerLimitTests
{
    private const string Anna = "sk-anna";
    private const string Bert = "sk-bert";

    [Fact]
    public async Task Requests_UsedUp_Is429UntilTheMinuteIsOver()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Rpm = 2 }, manualClock: true);
        (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).Status.ShouldBe(HttpStatusCode.OK);
        council.Clock.Advance(TimeSpan.FromSeconds(10));
        var second = await council.Gateway.ChatAsync(Council.AskSolo, Anna);

        var refused = await council.Gateway.ChatAsync(Council.AskSoloStreamed, Anna);

        second.Header("x-ratelimit-limit-requests").ShouldBe("2");
        second.Header("x-ratelimit-remaining-requests").ShouldBe("0");
        second.Header("x-ratelimit-reset-requests").ShouldBe("1m1s");
        second.Header("x-ratelimit-limit-tokens").ShouldBeNull();
        refused.ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded").Message.ShouldContain("2 requests a minute");
        refused.Header("retry-after").ShouldBe("51");
        refused.Header("x-should-retry").ShouldBeNull();
        refused.Header("x-ratelimit-remaining-requests").ShouldBe("0");
        council.Clock.Advance(TimeSpan.FromSeconds(51));
        (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Limits_OfOneCaller_LeaveTheOtherAlone()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Rpm = 1 });
        await council.Gateway.Sdk("solo", Anna).CompleteChatAsync("The capital of France?");

        var refused = await Should.ThrowAsync<ClientResultException>(() => council.Gateway.Sdk("solo", Anna).CompleteChatAsync("And of Spain?"));
        var other = await council.Gateway.Sdk("solo", Bert).CompleteChatAsync("And of Spain?");

        refused.Status.ShouldBe(429);
        other.GetRawResponse().Status.ShouldBe(200);
        other.GetRawResponse().Headers.TryGetValue("x-ratelimit-limit-requests", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"model":"solo","messages":[]}""", 400)]
    [InlineData("""{"model":"nothing","messages":[{"role":"user","content":"?"}]}""", 404)]
    [InlineData("""{"model":"council","n":2,"messages":[{"role":"user","content":"?"}]}""", 400)]
    [InlineData("""{"model":"numbat","messages":[{"role":"user","content":"?"}]}""", 404)]
    public async Task Request_ThatIsRejected_UsesNothingUp(string body, int status)
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Rpm = 1, Tpm = 5000 });

        ((int)(await council.Gateway.ChatAsync(body, Anna)).Status).ShouldBe(status);

        (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).Header("x-ratelimit-remaining-requests").ShouldBe("0");
    }

    [Fact]
    public async Task Tokens_OfAStream_AreSetRightAtItsEnd()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Tpm = 20_000 });
        var judge = new TaskCompletionSource();
        council.Model(Council.Judge).Default = StubReply.Gated(judge.Task, StubReply.Text("It is Paris."));
        var stream = ReadAsync(council.Gateway.Sdk("council", Anna));
        await council.RequestAsync(Council.Judge);

        // Four answers of 1,024 tokens and what a judge reads of them, while it is not known that they are short.
        (await TokensAsync(council, GateKey.Caller("key-1"))).ShouldBeGreaterThan(7 * 1024);
        judge.SetResult();
        await stream;

        var used = council.Gateway.Usage.Events.Sum(usage => usage.PromptTokens!.Value + usage.CompletionTokens!.Value);
        council.Gateway.Usage.Events.Count.ShouldBe(4);
        (await TokensAsync(council, GateKey.Caller("key-1"))).ShouldBe(used);
    }

    [Fact]
    public async Task Tokens_MoreThanTheLimitInOneRequest_IsRefusedForGood()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Tpm = 5000 });

        var refused = await council.Gateway.ChatAsync(Council.Ask, Anna);

        refused.ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded").Message.ShouldContain("5,000 tokens a minute");
        refused.Header("retry-after").ShouldBeNull();
        refused.Header("x-should-retry").ShouldBe("false");
        council.Stub.Requests.ShouldBeEmpty();
        (await council.Gateway.ChatAsync(Council.Ask.Replace("{\"model\"", "{\"max_tokens\":100,\"model\"", StringComparison.Ordinal), Anna)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task Concurrency_OfACallerThatLeft_IsFreeAgain(string ask)
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Concurrency = 1 });
        council.Model(Council.Judge).Default = StubReply.Hang();
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.PostChatAsync(ask, Anna);
            await council.RequestAsync(Council.Judge);
            (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded")
                .Message.ShouldContain("1 in flight");
        }

        await council.Gateway.Usage.WaitAsync(4);
        var gate = council.Gateway.Services.GetRequiredService<IGate>();
        await Eventually.TrueAsync(async () => (await gate.StatusAsync(GateKey.Caller("key-1"), Now.Cancel)).InFlight == 0, Now.Cancel);

        (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Concurrency_OneAfterTheOther_IsNeverInTheWay()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Concurrency = 1 });
        var sdk = council.Gateway.Sdk("council", Anna);
        for (var request = 0; request < 20; request++)
        {
            await ReadAsync(sdk);
        }
    }

    [Fact]
    public async Task Alias_AtItsLimit_Is429ForEverybodyAndOtherModelsAnswer()
    {
        await using var council = await WithLimitsAsync(null, shape: ensemble => ensemble with { RateLimit = new RateLimitConfig { Rpm = 1 } });
        (await council.Gateway.ChatAsync(Council.Ask, Anna)).Header("x-ratelimit-limit-requests").ShouldBe("1");

        var refused = await council.Gateway.ChatAsync(Council.Ask, Bert);

        refused.ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded").Message.ShouldStartWith("This model is at its limit");
        (await council.Gateway.ChatAsync(Council.AskSolo, Bert)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Alias_ThatRefuses_LeavesTheKeysQuotaWhole()
    {
        await using var council = await WithLimitsAsync(
            new RateLimitConfig { Rpm = 2 }, shape: ensemble => ensemble with { RateLimit = new RateLimitConfig { Rpm = 1 } });
        await council.Gateway.ChatAsync(Council.Ask, Bert);

        (await council.Gateway.ChatAsync(Council.Ask, Anna)).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        (await council.Gateway.ChatAsync(Council.AskSolo, Anna)).Header("x-ratelimit-remaining-requests").ShouldBe("1");
    }

    [Fact]
    public async Task Requests_FromManyAtOnce_NeverAdmitMoreThanTheLimit()
    {
        await using var council = await WithLimitsAsync(new RateLimitConfig { Rpm = 20 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => council.Gateway.ChatAsync(Council.AskSolo, Anna)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(20);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).ShouldBe(80);
        council.Stub.RequestsFor(Council.Solo).Count.ShouldBe(20);
    }

    private static Task<Council> WithLimitsAsync(
        RateLimitConfig? anna, bool manualClock = false, Func<EnsembleConfig, EnsembleConfig>? shape = null) => Council.StartAsync(
            manualClock,
            shape,
            more: catalog => catalog.AddKey(Anna, allowed: ["council", "solo"], limits: anna).AddKey(Bert));

    private static async Task ReadAsync(ChatClient sdk)
    {
        await foreach (var _ in sdk.CompleteChatStreamingAsync([new UserChatMessage("The capital of France?")]))
        {
        }
    }

    private static async Task<long> TokensAsync(Council council, GateKey gate) =>
        (await council.Gateway.Services.GetRequiredService<IGate>().StatusAsync(gate, Now.Cancel)).TokensThisMinute;
}
