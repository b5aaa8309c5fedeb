using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Providers.Anthropic;
using Ensemble.Providers.Http;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Models;

/// <summary>What calls for vectors have in common with calls for answers.</summary>
public sealed class EmbeddingCallTests
{
    private const string Audio = """{"model":"a","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"wav"}}]}]}""";

    private static readonly GateHolder Holder = new(RunBench.Id, 1, "panel", SubCallRole.Panel, new SubCallKey(SubCallStep.Candidate, 0, 0));

    private readonly ScriptedGate _gate = new();

    [Fact]
    public async Task Call_Texts_PassTheGateAndAreMetered()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Enqueue(StubReply.Error(500, null, "down")).Default = StubReply.Vectors(_ => [0, 1], promptTokens: 9);
        harness.Model = harness.Model with { Retries = 1, RateLimit = new RateLimitConfig { Tpm = 1000 }, Price = new PriceConfig(10, 20) };
        var call = Call(harness.Model);

        var calling = Caller(harness, call.Model.Provider, harness.Upstream).CallAsync(call, Holder, null, TestContext.Current.CancellationToken);
        await harness.Time.WaitForTimersAsync(2, TestContext.Current.CancellationToken);
        harness.Time.Advance(TimeSpan.FromSeconds(10));
        var result = await calling;

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.Ok, 2));
        result.Answer!.Vectors!.Count.ShouldBe(2);
        _gate.Requests.ShouldAllBe(request => request.Tokens == 4);
        _gate.Released[1].Release.Tokens.ShouldBe(9);
        SubCallMeter.Read(call, result).ShouldBe(new(9, 0, UsageSource.Reported, 0.00009m));
        SubCallMeter.Read(call, result with { Usage = null }).ShouldBe(new(4, 0, UsageSource.Estimated, 0.00004m));
    }

    [Fact]
    public async Task Call_DialectWithoutEmbeddings_IsUnsupportedAndNotMade()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        using var http = new UpstreamHttp();
        var anthropic = new AnthropicUpstream(http, harness.Secrets, harness.Time, NullLogger<AnthropicUpstream>.Instance);
        var call = Call(harness.Model with { Provider = ProviderKind.Anthropic });

        var result = await Caller(harness, ProviderKind.Anthropic, anthropic).CallAsync(call, Holder, null, TestContext.Current.CancellationToken);

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.Unsupported, 0));
        _gate.Acquired.ShouldBeEmpty();
    }

    private static ModelCall Call(ModelConfig model) => new()
    {
        Model = model,
        Chat = RunBench.Parse(Audio),
        Edits = new RequestEdits(),
        Inputs = ["four", "Twelve chars"],
        Timeout = TimeSpan.FromSeconds(60),
        IdleTimeout = TimeSpan.FromSeconds(30),
    };

    private ModelCaller Caller(OpenAiHarness harness, ProviderKind provider, IUpstream upstream) =>
        new(new Dictionary<ProviderKind, IUpstream> { [provider] = upstream }, _gate, harness.Time, new Random(1));
}
