using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Models;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class SubCallMeterTests
{
    private static readonly ModelConfig Model = TestModels.OpenAi("m", new Uri("https://models.test/v1")) with { Price = new PriceConfig(10, 20) };
    private static readonly long Prompt = TokenEstimate.OfRequest(RunBench.Parse(RunBench.Question));

    [Fact]
    public void Read_Reported_IsTakenAsItIs() =>
        Read(CallOutcome.Ok, usage: new TokenUsage(100, 50), answer: "x").ShouldBe(new(100, 50, UsageSource.Reported, 0.002m));

    [Fact]
    public void Read_ReportedKinds_HaveTheirPrices()
    {
        var model = Model with { Price = new PriceConfig(10, 20) { CachedInputPerMillion = 1, CacheWritePerMillion = 12, ReasoningPerMillion = 30 } };
        var usage = new TokenUsage(100, 50) { CachedTokens = 70, CacheWriteTokens = 20, ReasoningTokens = 40 };

        SubCallMeter.Read(Call(model, new RequestEdits(), false), Result(CallOutcome.Ok, 1, null, usage, "x", 0)).CostUsd
            .ShouldBe(((10 * 10m) + (70 * 1m) + (20 * 12m) + (10 * 20m) + (40 * 30m)) / 1_000_000);
    }

    [Fact]
    public void Read_AnswerWithoutAReport_IsEstimated() =>
        Read(CallOutcome.Ok, answer: "twelve chars").ShouldBe(new(Prompt, 3, UsageSource.Estimated, ((Prompt * 10) + 60) / 1_000_000m));

    [Fact]
    public void Read_SeveralAnswersWithoutAReport_AreEstimatedTogether()
    {
        var choices = """[{"index":0,"message":{"content":"twelve chars"}},{"index":1,"message":{"content":"four"}}]"""u8.ToArray();
        var result = Result(CallOutcome.Ok, 1, null, null, "twelve chars", 0);

        SubCallMeter.Read(Call(Model, new RequestEdits(), false), result with { Answer = result.Answer! with { Choices = choices } }).CompletionTokens.ShouldBe(4);
    }

    [Fact]
    public void Read_CancelledWhole_KnowsThePromptAlone() =>
        Read(CallOutcome.Cancelled).ShouldBe(new(Prompt, null, UsageSource.Estimated, null));

    [Fact]
    public void Read_CancelledStream_CountsWhatHadCome() =>
        Read(CallOutcome.Cancelled, received: 40, streamed: true).CompletionTokens.ShouldBe(10);

    [Theory]
    [InlineData(CallOutcome.GateRefused, 0, null)]
    [InlineData(CallOutcome.Unsupported, 0, null)]
    [InlineData(CallOutcome.ServerError, 2, 503)]
    [InlineData(CallOutcome.RateLimited, 1, 429)]
    public void Read_NotMadeOrRefused_CostsNothing(CallOutcome outcome, int attempts, int? status) =>
        Read(outcome, attempts: attempts, status: status).ShouldBe(new(null, null, UsageSource.None, 0));

    [Fact]
    public void Read_ConnectionLost_IsUnknown() =>
        Read(CallOutcome.TransportError).ShouldBe(new(null, null, UsageSource.None, null));

    [Fact]
    public void Read_NeverSent_CostsNothing() =>
        SubCallMeter.Read(
            Call(Model, new RequestEdits(), false),
            Result(CallOutcome.TransportError, 3, null, null, null, 0) with { Error = new UpstreamError("refused") { NeverSent = true } })
            .ShouldBe(new(null, null, UsageSource.None, 0));

    [Fact]
    public void Read_NoPrice_HasNoCost() =>
        SubCallMeter.Read(Call(Model with { Price = null }, new RequestEdits(), false), Result(CallOutcome.Ok, 1, null, new TokenUsage(1, 1), "x", 0)).CostUsd.ShouldBeNull();

    [Fact]
    public void Read_AppendedMessage_CountsToo() =>
        SubCallMeter.Read(Call(Model, new RequestEdits().AppendMessage(new byte[400]), false), Result(CallOutcome.Cancelled, 1, null, null, null, 0))
            .PromptTokens.ShouldBe(Prompt + 100);

    [Fact]
    public void Read_ReplacedMessages_CountOnceAndAnImageNotByItsLength()
    {
        var image = $$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{new string('A', 40_000)}}}"}}""";
        var messages = $$"""[{"role":"user","content":[{"type":"text","text":"{{new string('q', 4000)}}"},{{image}}]}]""";
        var chat = RunBench.Parse($$"""{"model":"panel","messages":{{messages}}}""");
        var edits = new RequestEdits().ReplaceMessages(System.Text.Encoding.UTF8.GetBytes(messages));

        var prompt = SubCallMeter.Read(Call(Model, edits, false) with { Chat = chat }, Result(CallOutcome.Cancelled, 1, null, null, null, 0)).PromptTokens!.Value;

        prompt.ShouldBeInRange(1000 + TokenEstimate.ImageTokens, 1050 + TokenEstimate.ImageTokens);
    }

    private static SubCallMeter.Reading Read(
        CallOutcome outcome, int attempts = 1, int? status = null, TokenUsage? usage = null, string? answer = null, int received = 0, bool streamed = false) =>
        SubCallMeter.Read(Call(Model, new RequestEdits(), streamed), Result(outcome, attempts, status, usage, answer, received));

    private static ModelCall Call(ModelConfig model, RequestEdits edits, bool streamed) => new()
    {
        Model = model,
        Chat = RunBench.Parse(RunBench.Question),
        Edits = edits,
        Timeout = TimeSpan.FromSeconds(1),
        IdleTimeout = TimeSpan.FromSeconds(1),
        Sink = streamed ? new RecordingSink() : null,
    };

    private static ModelCallResult Result(CallOutcome outcome, int attempts, int? status, TokenUsage? usage, string? answer, int received) => new()
    {
        Outcome = outcome,
        Attempts = attempts,
        Usage = usage,
        Answer = answer is null ? null : new ChatAnswer(answer, "stop"),
        Error = answer is null ? new UpstreamError("why") { Status = status } : null,
        ReceivedCharacters = received,
        StartedAt = DateTimeOffset.UnixEpoch,
        Total = TimeSpan.Zero,
    };
}
