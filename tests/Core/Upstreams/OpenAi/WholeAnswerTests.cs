using System.Text;
using Ensemble.Providers.Calls;
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
    [InlineData("""{"message":{"content":"a"},"finish_reason":null}""", "stop", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"a"},"finish_reason":"null"}""", "stop", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"a"},"finish_reason":"EOS"}""", "stop", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":null},"finish_reason":null}""", "stop", CallOutcome.Blank)]
    [InlineData("""{"message":{"content":null,"tool_calls":[{"id":"c"}]},"finish_reason":null}""", "tool_calls", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"a"},"finish_reason":"MAX_TOKENS"}""", "length", CallOutcome.Ok)]
    [InlineData("""{"message":{"content":"a"},"finish_reason":"PROHIBITED_CONTENT"}""", "content_filter", CallOutcome.Filtered)]
    public async Task Send_ReasonOfAnotherProvider_IsOneOfOpenAis(string choice, string reason, CallOutcome outcome)
    {
        Answer($$"""{"choices":[{{choice}}]}""");

        var result = await _harness.WholeAsync(keepChoices: true);

        result.Outcome.ShouldBe(outcome);
        result.Answer!.FinishReason.ShouldBe(reason);
        System.Text.Json.JsonElement.Parse(result.Answer.Choices.Span)[0].GetProperty("finish_reason").GetString().ShouldBe(reason);
    }

    [Theory]
    [InlineData("""[{"message":{"content":"a"},"finish_reason":"network_error"}]""")]
    [InlineData("""[{"message":{"content":"a"},"finish_reason":"stop"},{"message":{"content":"b"},"finish_reason":"abort"}]""")]
    public async Task Send_ProviderBrokeOff_Fails(string choices)
    {
        Answer($$"""{"choices":{{choices}}}""");

        (await _harness.WholeAsync(keepChoices: true)).Outcome.ShouldBe(CallOutcome.ServerError);
    }

    [Theory]
    [InlineData("Let me see. SECRET.\\n</think>\\n\\nyes")]
    [InlineData("SECRET</thinking>yes")]
    [InlineData("<thinking>SECRET</thinking> yes")]
    [InlineData(" \\n<think>SECRET")]
    public async Task Send_Thoughts_AreNoAnswer(string text)
    {
        Answer($$"""{"choices":[{"message":{"content":"{{text}}"},"finish_reason":"stop"}]}""");

        var result = await _harness.WholeAsync();

        result.Answer!.Content.ShouldBe(text.EndsWith("yes", StringComparison.Ordinal) ? "yes" : "");
    }

    [Fact]
    public async Task Send_FieldsBesideTheAnswer_AreKeptButNamesAndIds()
    {
        _harness.Model = _harness.Model with { Model = "m-large" };
        _harness.Stub.Model("m-large").Enqueue(StubReply.RawBody(
            200,
            """
            {"id":"up-1","object":"chat.completion","created":1,"model":"m-large-2025","provider":"Acme","request_id":"r","requestId":"q","system_fingerprint":"fp_1",
            "service_tier":"flex","citations":["https://a.example/1"],"x_groq":{"id":"req_1","took":1.50},"note":"served by m-large","cost":0.25,"took":1e400,"times":[1,-1e999],
            "choices":[{"message":{"content":"a"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"cost":0.25,"prompt_cache_hit_tokens":1,"model_id":"m","upstream_cost":1e400,"tax":1e400,
            "prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":0}}}
            """,
            "application/json"));

        var answer = (await _harness.WholeAsync(keepChoices: true)).Answer!;

        Encoding.UTF8.GetString(answer.Fields.Span).ShouldBe(
            """{"system_fingerprint":"fp_1","service_tier":"flex","citations":["https://a.example/1"],"x_groq":{"took":1.50},"cost":0.25,"times":[1]}""");
        Encoding.UTF8.GetString(answer.UsageFields.Span).ShouldBe(
            """{"cost":0.25,"prompt_cache_hit_tokens":1}""");
    }

    [Fact]
    public async Task Send_FreeFieldsOfAChoiceAndItsMessage_AreKeptButNamesAndIds()
    {
        _harness.Model = _harness.Model with { Model = "m-large" };
        var host = _harness.Stub.BaseUrl.Host;
        _harness.Stub.Model("m-large").Enqueue(StubReply.RawBody(
            200,
            $$$"""
            {"choices":[{"index":0,"stop_reason":"</s>","native":"m-large stopped","backend":"b7","message":{"role":"assistant","content":"I am m-large.",
            "provider_specific_fields":{"endpoint":"http://{{{host}}}:8000/v1","mod\u0065l":"m-large","request_id":"r","took":1.50,"cost":1e400,
            "notes":["from {{{host}}}","fine"],"deep":{"server":"s","region":"eu"}},"note":"by m-large",
            "reasoning":"m-large thinks","audio":{"id":"a1"}},"finish_reason":"stop"}]}
            """,
            "application/json"));

        var answer = (await _harness.WholeAsync(keepChoices: true)).Answer!;

        Encoding.UTF8.GetString(answer.Choices.Span).ShouldBe(
            """
            [{"index":0,"stop_reason":"</s>","message":{"role":"assistant","content":"I am m-large.","provider_specific_fields":
            {"took":1.50,"notes":["fine"],"deep":{"region":"eu"}},"reasoning":"m-large thinks","audio":{"id":"a1"}},"finish_reason":"stop"}]
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Send_FieldNamesWithEscapes_AreReadAsTheyAreMeant()
    {
        Answer("""{"mod\u0065l":"theirs","tr\u0061ce_\u0069d":"t","x":{"\u0068ost":"h","n\u006fte":"n"},"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}""");

        var answer = (await _harness.WholeAsync(keepChoices: true)).Answer!;

        Encoding.UTF8.GetString(answer.Fields.Span).ShouldBe("""{"x":{"note":"n"}}""");
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
    public async Task Send_KeepChoices_WritesThemAgainWithTheSameValues()
    {
        const string Choices = """[ {"index":0, "message":{"content":"y","tool_calls":[{"id":"call_1"}],"odd":1.50},"finish_reason":"stop"},{"index":1,"message":{"content":"zz"}} ]""";
        Answer($$"""{"choices":{{Choices}},"usage":null}""");

        var result = await _harness.WholeAsync(keepChoices: true);

        Encoding.UTF8.GetString(result.Answer!.Choices.Span).ShouldBe(
            """[{"index":0,"message":{"content":"y","tool_calls":[{"id":"call_1"}],"odd":1.50},"finish_reason":"stop"},{"index":1,"message":{"content":"zz"},"finish_reason":"stop"}]""");
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
