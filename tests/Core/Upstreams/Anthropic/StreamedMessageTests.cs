using System.Text;
using System.Text.Json;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class StreamedMessageTests : IAsyncLifetime
{
    private readonly RecordingSink _sink = new();
    private AnthropicHarness _harness = null!;
    private IReadOnlyList<int> _slices = [64 * 1024];

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync(configure: handler =>
    {
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new SlicingStream(context.PlaintextStream, _slices));
    });

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Send_Stream_ShowsEachPieceWithoutThinkingAndReportsUsage()
    {
        var watch = new RecordingWatch();
        _harness.Served.Enqueue(StubReply.Text("one two", promptTokens: 3, completionTokens: 2, reasoning: "hm", deltas: ["one", " two"]));

        var result = await _harness.StreamAsync(_sink, watch: watch);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        _sink.Pieces.ShouldBe(["one", " two"]);
        result.Answer.ShouldBe(new ChatAnswer("one two", "stop"));
        Tokens(result).ShouldBe((3, 2));
        result.ReceivedCharacters.ShouldBe(7);
        watch.FirstContents.ShouldBe(1);
        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_Usage_LaterNumbersTakeThePlaceOfEarlierOnes()
    {
        Stream(
            AnthropicStep.Start(inputTokens: 10, cacheRead: 100, cacheWritten: 1000),
            AnthropicStep.TextStart(0),
            AnthropicStep.Text(0, "a"),
            StubStep.Event("message_delta", """{"type":"message_delta","delta":{},"usage":{"output_tokens":3}}"""),
            AnthropicStep.Stop(0),
            StubStep.Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":12,"cache_read_input_tokens":null,"output_tokens":7}}"""),
            AnthropicStep.Done());

        var result = await _harness.StreamAsync(_sink);

        Tokens(result).ShouldBe((1112, 7));
        result.Usage!.CachedTokens.ShouldBe(100);
    }

    [Fact]
    public async Task Send_ZerosAtTheEnd_DoNotTakeThePlaceOfCounts()
    {
        Stream(
            AnthropicStep.Start(inputTokens: 25, cacheRead: 100, cacheWritten: 10),
            AnthropicStep.TextStart(0),
            AnthropicStep.Text(0, "a"),
            AnthropicStep.Stop(0),
            StubStep.Event(
                "message_delta",
                """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":15}}"""),
            AnthropicStep.Done());

        var result = await _harness.StreamAsync(_sink, keepChoices: true);

        Tokens(result).ShouldBe((135, 15));
        result.Usage!.CachedTokens.ShouldBe(100);
        Encoding.UTF8.GetString(result.Answer!.UsageFields.Span).ShouldBe("""{"cache_creation_input_tokens":10,"cache_read_input_tokens":100}""");
    }

    [Fact]
    public async Task Send_CharacterCutBetweenEvents_ComesOutWhole()
    {
        Stream(
            AnthropicStep.Start(),
            AnthropicStep.TextStart(0),
            StubStep.Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi \ud83d"}}"""),
            StubStep.Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ude00!"}}"""),
            AnthropicStep.Stop(0),
            AnthropicStep.End(),
            AnthropicStep.Done());

        (await _harness.StreamAsync(_sink)).Answer.ShouldBe(new ChatAnswer("Hi 😀!", "stop"));
    }

    [Fact]
    public async Task Send_AnswerOverAndStreamLeftOpen_EndsAfterTwoSeconds()
    {
        Stream(AnthropicStep.Start(), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "all"), AnthropicStep.Stop(0), AnthropicStep.End(), StubStep.Stall());

        var call = _harness.StreamAsync(_sink, keepChoices: true);
        await _harness.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _harness.Time.Advance(TimeSpan.FromSeconds(2));
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.FinishReason.ShouldBe("stop");
        _sink.Choices[^1].ShouldContain("\"finish_reason\":\"stop\"");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_AnswerOverAndStreamEndsWithoutItsOwnEnd_IsWhole(bool isDropped)
    {
        StubStep[] steps = [AnthropicStep.Start(), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "all"), AnthropicStep.Stop(0), AnthropicStep.End()];
        Stream(isDropped ? [.. steps, StubStep.Wait(_sink.First), StubStep.Drop()] : steps);

        var result = await _harness.StreamAsync(_sink);

        result.Answer.ShouldBe(new ChatAnswer("all", "stop"));
    }

    [Fact]
    public async Task Send_KeepChoices_GivesTextAndCallsAsOpenAiDoes()
    {
        Stream(
            AnthropicStep.Start(),
            AnthropicStep.ThinkingStart(0),
            AnthropicStep.Thinking(0, "secret"),
            AnthropicStep.Signature(0),
            AnthropicStep.Stop(0),
            AnthropicStep.Ping(),
            AnthropicStep.TextStart(1),
            AnthropicStep.Text(1, "I look."),
            AnthropicStep.Stop(1),
            AnthropicStep.ToolStart(2, "toolu_1", "weather"),
            AnthropicStep.Arguments(2, ""),
            AnthropicStep.Arguments(2, "{\"city\": \"Pa"),
            AnthropicStep.Ping(),
            AnthropicStep.Arguments(2, "ris\"}"),
            AnthropicStep.Stop(2),
            AnthropicStep.ToolStart(3, "toolu_2", "time"),
            AnthropicStep.Stop(3),
            AnthropicStep.End("tool_use"),
            AnthropicStep.Done());
        var watch = new RecordingWatch();

        var result = await _harness.StreamAsync(_sink, keepChoices: true, watch: watch);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.CallsTools.ShouldBeTrue();
        result.Answer.Content.ShouldBe("I look.");
        _sink.Pieces.ShouldBeEmpty();
        watch.FirstContents.ShouldBe(1);
        _sink.Choices.Select(choices => JsonSerializer.Serialize(JsonElement.Parse(choices)[0].GetProperty("delta"))).ShouldBe(
        [
            """{"role":"assistant","content":"I look."}""",
            """{"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"weather","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\u0022city\u0022: \u0022Pa"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"ris\u0022}"}}]}""",
            """{"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"time","arguments":""}}]}""",
            """{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""",
            "{}",
        ]);
        _sink.Choices.Select(choices => JsonElement.Parse(choices)[0].GetProperty("finish_reason").GetString())
            .ShouldBe([null, null, null, null, null, null, "tool_calls"]);
    }

    [Fact]
    public async Task Send_UnknownEventsAndPieces_AreIgnored()
    {
        Stream(
            AnthropicStep.Start(),
            StubStep.Comment("hello"),
            StubStep.Event("novelty", """{"type":"novelty","delta":{"type":"text_delta","text":"no"}}"""),
            AnthropicStep.TextStart(0),
            StubStep.Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"text":"no"}}}"""),
            AnthropicStep.Text(0, "yes"),
            AnthropicStep.Stop(0),
            AnthropicStep.End(),
            AnthropicStep.Done(),
            AnthropicStep.Text(0, "after"));

        (await _harness.StreamAsync(_sink)).Answer.ShouldBe(new ChatAnswer("yes", "stop"));
        _sink.Text.ShouldBe("yes");
    }

    [Fact]
    public async Task Send_StreamWithoutAReason_IsIncomplete()
    {
        Stream(AnthropicStep.Start(4), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "half"), AnthropicStep.Done());

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.Incomplete);
        result.Answer!.Content.ShouldBe("half");
        result.ReceivedCharacters.ShouldBe(4);
    }

    [Theory]
    [InlineData("overloaded_error", CallOutcome.ServerError)]
    [InlineData("api_error", CallOutcome.ServerError)]
    [InlineData("rate_limit_error", CallOutcome.RateLimited)]
    [InlineData("authentication_error", CallOutcome.AuthenticationFailed)]
    [InlineData("billing_error", CallOutcome.AuthenticationFailed)]
    [InlineData("invalid_request_error", CallOutcome.RequestRejected)]
    public async Task Send_ErrorEvent_HasItsOutcomeAndKeepsWhatCame(string type, CallOutcome outcome)
    {
        Stream(AnthropicStep.Start(4), AnthropicStep.Error(type, "No."));
        Stream(AnthropicStep.Start(4), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "half"), AnthropicStep.Error(type, "No."));

        var before = await _harness.StreamAsync(_sink, keepChoices: true);
        before.Outcome.ShouldBe(outcome);
        before.Answer.ShouldBeNull();
        _sink.Shown.ShouldBeFalse();
        _sink.Choices.ShouldBeEmpty();

        var after = await _harness.StreamAsync(_sink);
        after.Outcome.ShouldBe(outcome);
        after.Error!.Message.ShouldBe("No.");
        after.Answer!.Content.ShouldBe("half");
        Tokens(after).ShouldBe((4, 1));
    }

    [Theory]
    [InlineData("event: content_block_delta\ndata: {\"type\":\n\n")]
    [InlineData("event: content_block_delta\ndata: []\n\n")]
    public async Task Send_WhatIsNoEvent_IsAnInvalidResponse(string bytes)
    {
        Stream(AnthropicStep.Start(), StubStep.Bytes(Encoding.UTF8.GetBytes(bytes)));

        (await _harness.StreamAsync(_sink)).Outcome.ShouldBe(CallOutcome.InvalidResponse);
    }

    [Fact]
    public async Task Send_DroppedConnection_IsATransportErrorWithWhatCame()
    {
        Stream(AnthropicStep.Start(), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "half"), StubStep.Wait(_sink.First), StubStep.Drop());

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.TransportError);
        result.Answer!.Content.ShouldBe("half");
    }

    [Fact]
    public async Task Send_CancelledInAStall_HangsUp()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Stream(AnthropicStep.Start(4), AnthropicStep.TextStart(0), AnthropicStep.Text(0, "half"), StubStep.Stall());

        var call = _harness.StreamAsync(_sink, cancellationToken: cancellation.Token);
        await _sink.First;
        await cancellation.CancelAsync();
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Cancelled);
        Tokens(result).ShouldBe((4, 1));
        await _harness.Stub.Requests[0].Aborted.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Send_StreamSplitAnywhere_GivesTheSame()
    {
        var body = Encoding.UTF8.GetBytes(
            "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\r\n\r\n"
            + "event: ping\ndata: {\"type\": \"ping\"}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
            + "event: content_block_delta\rdata:{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"ü\"}}\r\r"
            + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\ndata: \"delta\":{\"type\":\"text_delta\",\"text\":\"\\u00e9🎈\"}}\n\n"
            + "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            + "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2},\"type\":\"message_delta\"}\n\n"
            + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        _harness.Served.Default = StubReply.Stream(StubStep.Bytes(body));
        var samples = Gen.Choose(1, 40).NonEmptyListOf().Select(IReadOnlyList<int> (sizes) => [.. sizes]).Sample(30).ToList();

        foreach (var slices in samples.Prepend([1]).Prepend([1 << 16]))
        {
            _slices = slices;
            var sink = new RecordingSink();
            var result = await _harness.StreamAsync(sink);
            var because = JsonSerializer.Serialize(slices);
            result.Outcome.ShouldBe(CallOutcome.Ok, because);
            result.Answer.ShouldBe(new ChatAnswer("üé🎈", "stop"), because);
            sink.Pieces.ShouldBe(["ü", "é🎈"], because);
            Tokens(result).ShouldBe((1, 2), because);
        }
    }

    private void Stream(params StubStep[] steps) => _harness.Served.Enqueue(StubReply.Stream(steps));

    private static (long Prompt, long Completion)? Tokens(UpstreamResult result) =>
        result.Usage is { } usage ? (usage.PromptTokens, usage.CompletionTokens) : null;
}
