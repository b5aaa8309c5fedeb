using System.Text;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class WholeAnswerTests : IAsyncLifetime
{
    private OpenAiHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await OpenAiHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData("""{"message":{"content":"yes"},"finish_reason":"stop"}""", CallOutcome.Ok, "yes", "stop")]
    [InlineData("""{"message":{"content":"yes"},"finish_reason":"length"}""", CallOutcome.Ok, "yes", "length")]
    [InlineData("""{"message":{"content":"yes"}}""", CallOutcome.Ok, "yes", "stop")]
    [InlineData("""{"message":{"content":[{"type":"thinking","text":"no"},{"type":"text","text":"y"},{"text":"es"}]}}""", CallOutcome.Ok, "yes", "stop")]
    [InlineData("""{"message":{"content":"<think>hm</think>\nyes","reasoning_content":"hm"},"finish_reason":"stop"}""", CallOutcome.Ok, "yes", "stop")]
    [InlineData("""{"message":{"content":null,"tool_calls":[{"id":"c"}]},"finish_reason":"tool_calls"}""", CallOutcome.Ok, "", "tool_calls")]
    [InlineData("""{"message":{"content":"","tool_calls":[]},"finish_reason":"stop"}""", CallOutcome.Blank, "", "stop")]
    [InlineData("""{"message":{"content":" \n","reasoning":"hm"},"finish_reason":"stop"}""", CallOutcome.Blank, " \n", "stop")]
    [InlineData("""{"message":{"content":"<think>hm"},"finish_reason":"length"}""", CallOutcome.BlankAtLength, "", "length")]
    [InlineData("""{"message":{"content":null,"refusal":"I won't."},"finish_reason":"stop"}""", CallOutcome.Refused, "", "stop")]
    [InlineData("""{"message":{"content":"some"},"finish_reason":"content_filter"}""", CallOutcome.Filtered, "some", "content_filter")]
    [InlineData("""{"message":{"content":null},"finish_reason":"content_filter"}""", CallOutcome.Filtered, "", "content_filter")]
    [InlineData("""{"message":{"content":"half \ud83d"},"finish_reason":"stop"}""", CallOutcome.Ok, "half \uFFFD", "stop")]
    public async Task Send_Choice_HasItsOutcome(string choice, CallOutcome outcome, string content, string finish)
    {
        Answer($$"""{"choices":[{{choice}}] }""");

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(outcome);
        result.Answer!.Content.ShouldBe(content);
        result.Answer.FinishReason.ShouldBe(finish);
        result.Answer.IsCut.ShouldBe(finish == "length");
    }

    [Theory]
    [InlineData("""{"error":{"message":"slow down","code":429}}""", CallOutcome.RateLimited)]
    [InlineData("""{"error":{"message":"too long","code":"context_length_exceeded"}}""", CallOutcome.RequestRejected)]
    [InlineData("""{"error":{"message":"who?","type":"authentication_error"}}""", CallOutcome.AuthenticationFailed)]
    [InlineData("""{"choices":[{"message":{"content":"so"},"finish_reason":"error","error":{"message":"gone","code":502}}]}""", CallOutcome.ServerError)]
    [InlineData("""{"choices":[{"message":{"content":"so"},"finish_reason":"error"}]}""", CallOutcome.ServerError)]
    [InlineData("""{"error":null,"choices":[]}""", CallOutcome.InvalidResponse)]
    [InlineData("""{"choices":null}""", CallOutcome.InvalidResponse)]
    [InlineData("""{"choices":[{"message":{"content":"y"}}]} trailing""", CallOutcome.InvalidResponse)]
    [InlineData("""{"choices":[{"message":{"content":"y"}""", CallOutcome.InvalidResponse)]
    [InlineData("", CallOutcome.InvalidResponse)]
    [InlineData("<html>busy</html>", CallOutcome.InvalidResponse)]
    public async Task Send_GoodStatusWithoutAnAnswer_Fails(string body, CallOutcome outcome)
    {
        Answer(body);

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(outcome);
        result.Answer.ShouldBeNull();
        result.Error.ShouldNotBeNull().Message.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Send_UsageWithDetails_ReportsEachNumber()
    {
        Answer("""
            {"choices":[{"message":{"content":"y"}}],"usage":{"prompt_tokens":10,"completion_tokens":7.0,"total_tokens":17,
            "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":1,"other":{}},"completion_tokens_details":{"reasoning_tokens":3,
            "audio_tokens":2,"accepted_prediction_tokens":5,"rejected_prediction_tokens":6},"queue_time":0.1}}
            """);

        var usage = (await _harness.WholeAsync()).Usage;

        usage.ShouldBe(new(10, 7)
        {
            CachedTokens = 4,
            PromptAudioTokens = 1,
            ReasoningTokens = 3,
            CompletionAudioTokens = 2,
            AcceptedPredictionTokens = 5,
            RejectedPredictionTokens = 6,
        });
    }

    [Fact]
    public async Task Send_KeepChoices_HandsThemOverByteForByte()
    {
        const string Choices = """[ {"index":0, "message":{"content":"y","tool_calls":[{"id":"call_1"}],"odd":1.50},"finish_reason":"stop"},{"index":1,"message":{"content":"zz"}} ]""";
        Answer($$"""{"choices":{{Choices}},"usage":null}""");

        var result = await _harness.WholeAsync(keepChoices: true);

        Encoding.UTF8.GetString(result.Answer!.Choices.Span).ShouldBe(Choices);
        result.ReceivedCharacters.ShouldBe(3);
        result.Usage.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"message":{"content":""},"finish_reason":"length"}""", """{"message":{"content":"yes"},"finish_reason":"stop"}""", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"x"},"finish_reason":"content_filter"}""", """{"message":{"content":"yes"},"finish_reason":"stop"}""", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"yes"},"finish_reason":"stop"}""", """{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}""", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}""", """{"message":{"content":""},"finish_reason":"length"}""", CallOutcome.Refused)]
    [InlineData("""{"message":{"content":""},"finish_reason":"length"}""", """{"message":{"content":"x"},"finish_reason":"content_filter"}""", CallOutcome.BlankAtLength)]
    public async Task Send_SeveralChoices_FailsOnlyWhereNoneIsOfUse(string first, string second, CallOutcome outcome)
    {
        Answer($$"""{"choices":[{{first}},{{second}}] }""");

        var result = await _harness.WholeAsync(keepChoices: true);

        result.Outcome.ShouldBe(outcome);
        ChatChoices.Split(result.Answer!).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_BodyOverTheLimit_IsRefused(bool announced)
    {
        var body = """{"choices":[{"message":{"content":"%"}}]}""".Replace("%", new string('a', 9 * 1024 * 1024), StringComparison.Ordinal);
        _harness.Served.Enqueue(StubReply.RawBody(
            200, body, "application/json", announced ? new Dictionary<string, string> { ["Content-Length"] = $"{body.Length}" } : null));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error!.Message.ShouldContain("larger");
    }

    private void Answer(string body) => _harness.Served.Enqueue(StubReply.RawBody(200, body, "application/json"));
}
