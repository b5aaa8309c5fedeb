using System.Text;
using System.Text.Json;
using Ensemble.Testing;
using Ensemble.Upstreams;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class StreamedAnswerTests : IAsyncLifetime
{
    private readonly RecordingSink _sink = new();
    private OpenAiHarness _harness = null!;
    private IReadOnlyList<int> _slices = [64 * 1024];

    public async ValueTask InitializeAsync() => _harness = await OpenAiHarness.StartAsync(configure: _ => handler =>
    {
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new SlicingStream(context.PlaintextStream, _slices));
    });

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Send_Stream_ShowsEachPieceAndReportsUsage()
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
        watch.Reads.ShouldBeGreaterThan(0);
        _harness.Stub.Requests[0].IncludeUsage.ShouldBeTrue();
        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_UsageOnEveryChunk_CountsTheLast()
    {
        _harness.Served.Enqueue(StubReply.UsageOnEveryChunk("one two three", 10, 6));

        Tokens(await _harness.StreamAsync(_sink)).ShouldBe((10, 6));
    }

    [Theory]
    [InlineData("length", CallOutcome.BlankAtLength)]
    [InlineData("stop", CallOutcome.Blank)]
    [InlineData("content_filter", CallOutcome.Filtered)]
    public async Task Send_StreamWithoutContent_HasItsOutcome(string finish, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Reasoning("hm"), StubStep.Finish(finish), StubStep.Done()));

        (await _harness.StreamAsync(_sink)).Outcome.ShouldBe(outcome);
        _sink.Shown.ShouldBeFalse();
    }

    [Fact]
    public async Task Send_StreamedRefusal_IsRefused()
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Refusal("I "), StubStep.Refusal("won't."), StubStep.Finish(), StubStep.Done()));

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.Refused);
        result.Answer!.Refusal.ShouldBe("I won't.");
    }

    [Fact]
    public async Task Send_StreamWithThinking_ShowsNoneOfIt()
    {
        _harness.Served.Enqueue(StubReply.Text("", deltas: ["<thi", "nk>secret</", "think>", "\n\n", "yes"]));

        (await _harness.StreamAsync(_sink)).Answer!.Content.ShouldBe("yes");
        _sink.Text.ShouldBe("yes");
    }

    [Fact]
    public async Task Send_TextThatOnlyBeginsLikeATag_IsShownAtTheEnd()
    {
        _harness.Served.Enqueue(StubReply.Text("", deltas: ["<thi"]));

        (await _harness.StreamAsync(_sink)).Answer!.Content.ShouldBe("<thi");
        _sink.Text.ShouldBe("<thi");
    }

    [Fact]
    public async Task Send_KeepChoices_WritesEachChunkAgain()
    {
        const string First = """[ {"index":0,"delta":{"role":"assistant"},"odd":1.50} ]""";
        const string Second = """[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1"}]},"finish_reason":"tool_calls"}]""";
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw($$"""{"choices":{{First}}}"""),
            StubStep.Raw($$"""{"choices":{{Second}}}"""),
            StubStep.Raw("""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"""),
            StubStep.Done()));
        var watch = new RecordingWatch();

        var result = await _harness.StreamAsync(_sink, keepChoices: true, watch: watch);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.CallsTools.ShouldBeTrue();
        Tokens(result).ShouldBe((1, 2));
        _sink.Choices.ShouldBe(["""[{"index":0,"delta":{"role":"assistant"},"odd":1.50}]""", Second]);
        _sink.Pieces.ShouldBeEmpty();
        watch.FirstContents.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}""", CallOutcome.Incomplete)]
    [InlineData("""{"index":0,"delta":{"content":"a"},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"stop"}""", CallOutcome.Ok)]
    public async Task Send_SeveralChoices_AreCompleteWhenEachHasFinished(string last, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":1,"delta":{"content":"b"}}]}"""), StubStep.Raw($$"""{"choices":[{{last}}] }"""), StubStep.Done()));

        (await _harness.StreamAsync(_sink, keepChoices: true)).Outcome.ShouldBe(outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_WholeAnswerToAStreamRequest_IsHandedOverAsOnePiece(bool keepChoices)
    {
        _harness.Served.Enqueue(StubReply.RawBody(
            200,
            """{"choices":[{"index":0,"message":{"content":"yes","tool_calls":[{"id":"c"}]},"finish_reason":"stop"}]}""",
            "application/json; charset=utf-8"));

        var result = await _harness.StreamAsync(_sink, keepChoices);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.Content.ShouldBe("yes");
        _sink.Pieces.ShouldBe(keepChoices ? [] : ["yes"]);
        _sink.Choices.ShouldBe(keepChoices
            ? ["""[{"index":0,"delta":{"content":"yes","tool_calls":[{"index":0,"id":"c"}]},"finish_reason":"stop"}]"""]
            : []);
    }

    [Fact]
    public async Task Send_StreamWithoutFinishReason_IsIncomplete()
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Delta("half"), StubStep.Usage(4, 1)));
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Delta("half"), StubStep.Done()));

        foreach (var _ in (int[])[1, 2])
        {
            var result = await _harness.StreamAsync(_sink);
            result.Outcome.ShouldBe(CallOutcome.Incomplete);
            result.Answer!.Content.ShouldBe("half");
            result.ReceivedCharacters.ShouldBe(4);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("FINISH_REASON_UNSPECIFIED")]
    public async Task Send_ReasonThatIsNone_IsIncompleteWhereTheStreamEnds(string word)
    {
        var chunk = $$"""{"choices":[{"index":0,"delta":{"content":"half"},"finish_reason":"{{word}}"}]}""";
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Raw(chunk)));
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Raw(chunk), StubStep.Done()));

        (await _harness.StreamAsync(_sink)).Outcome.ShouldBe(CallOutcome.Incomplete);
        (await _harness.StreamAsync(_sink, keepChoices: true)).Outcome.ShouldBe(CallOutcome.Incomplete);
        _sink.Choices.ShouldHaveSingleItem().ShouldContain("\"finish_reason\":null");
    }

    [Theory]
    [InlineData("network_error")]
    [InlineData("insufficient_system_resource")]
    [InlineData("ABORT")]
    public async Task Send_BrokenInMidStream_Fails(string word)
    {
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Delta("half"), StubStep.Raw($$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{word}}"}]}"""), StubStep.Done()));

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.ServerError);
        result.Answer!.Content.ShouldBe("half");
    }

    [Fact]
    public async Task Send_CharacterCutBetweenChunks_ComesOutWhole()
    {
        _harness.Served.Default = StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"Hi \ud83d","reasoning_content":"r \ud83c","tool_calls":[{"index":1,"function":{"arguments":"{\"a\":\"\ud83d"}}]}}]}"""),
            StubStep.Raw("""{"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"stop"}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"reasoning_content":"\udf89","tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":"\ude00\"}"}}]}}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"\ude00!\ud83d"},"finish_reason":"stop"}]}"""),
            StubStep.Done());

        var result = await _harness.StreamAsync(_sink);
        var direct = new RecordingSink();
        await _harness.StreamAsync(direct, keepChoices: true);

        result.Answer!.Content.ShouldBe("Hi 😀!\uFFFD");
        _sink.Text.ShouldBe("Hi 😀!\uFFFD");
        var deltas = direct.Choices.Select(choices => JsonElement.Parse(choices)[0].GetProperty("delta")).ToList();
        deltas[0].GetRawText().ShouldBe("""{"content":"Hi ","reasoning_content":"r ","tool_calls":[{"index":1,"function":{"arguments":"{\"a\":\""}}]}""");
        deltas[1].GetRawText().ShouldBe("""{"content":"x"}""");
        deltas[2].GetProperty("reasoning_content").GetString().ShouldBe("🎉");
        deltas[2].GetProperty("tool_calls")[1].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("😀\"}");
        deltas[3].GetProperty("content").GetString().ShouldBe("😀!");
    }

    [Fact]
    public async Task Send_AnswerOverAndStreamLeftOpen_EndsAfterTwoSecondsWithTheUsageOfThatTime()
    {
        var later = new TaskCompletionSource();
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Delta("all"), StubStep.Finish(), StubStep.Wait(later.Task), StubStep.Comment("ping"), StubStep.Usage(4, 1),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop","note":1}]}"""), StubStep.Stall()));

        var call = _harness.StreamAsync(_sink, keepChoices: true);
        await _harness.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _harness.Time.Advance(TimeSpan.FromSeconds(1));
        later.SetResult();
        await _sink.Noted;
        _harness.Time.Advance(TimeSpan.FromSeconds(1));
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.Content.ShouldBe("all");
        Tokens(result).ShouldBe((4, 1));
        await _harness.Stub.Requests[0].Aborted.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(63, 64)]
    [InlineData(64, 65)]
    public async Task Send_ChoiceBeginsAfterTheEndOfAnother_IsReadToItsEnd(int first, int second)
    {
        var later = new TaskCompletionSource();
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"text"},"finish_reason":"stop"}]}"""),
            StubStep.Raw($$"""{"choices":[{"index":{{first}},"delta":{"content":"a"},"finish_reason":"stop"}]}"""),
            StubStep.Raw($$"""{"choices":[{"index":{{second}},"delta":{"content":"b"},"note":1}]}"""),
            StubStep.Wait(later.Task),
            StubStep.Raw($$"""{"choices":[{"index":{{second}},"delta":{"content":"c"},"finish_reason":"stop"}]}"""),
            StubStep.Done()));

        var call = _harness.StreamAsync(_sink, keepChoices: true);
        await _sink.Noted;
        _harness.Time.Advance(TimeSpan.FromSeconds(60));
        later.SetResult();
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Ok);
        string.Concat(_sink.Choices).ShouldContain("\"c\"");
    }

    [Fact]
    public async Task Send_EndInEachChunk_IsReadToTheLast()
    {
        var later = new TaskCompletionSource();
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop","note":1}]}"""),
            StubStep.Wait(later.Task),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"c"},"finish_reason":"stop"}]}"""),
            StubStep.Done()));

        var call = _harness.StreamAsync(_sink, keepChoices: true);
        await _harness.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _harness.Time.Advance(TimeSpan.FromSeconds(1));
        await _sink.Noted;
        later.SetResult();
        (await call).Answer!.Content.ShouldBe("abc");
    }

    [Fact]
    public async Task Send_PiecesOfOneChoiceInOneChunk_AreJoined()
    {
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"},{"index":0,"delta":{"content":"b"}}]}"""),
            StubStep.Done()));

        (await _harness.StreamAsync(_sink)).Answer.ShouldBe(new ChatAnswer("ab", "stop"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_FaultAfterTheFinish_IsAFailure(bool keepChoices)
    {
        _harness.Served.Default = StubReply.Stream(StubStep.Delta("all"), StubStep.Finish(), StubStep.Raw("{\"choices\": oops"), StubStep.Done());

        var result = await _harness.StreamAsync(_sink, keepChoices);

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task Send_PieceThatCannotBeHandedOver_IsAFailureThoughItIsTheLast()
    {
        _harness.Served.Default = StubReply.Stream(StubStep.Raw("""{"choices":[{"delta":{"content":"all"},"finish_reason":"stop"}]}"""), StubStep.Done());

        (await _harness.Upstream.SendAsync(
            _harness.Request(OpenAiHarness.Chat, null, new FaultySink(), new RecordingWatch(), keepChoices: true), TestContext.Current.CancellationToken))
            .Outcome.ShouldBe(CallOutcome.InvalidResponse);
    }

    [Fact]
    public async Task Send_ConnectionLostAfterTheFinish_IsAnswered()
    {
        var finish = StubStep.Raw("""{"choices":[{"delta":{"content":"all"},"finish_reason":"stop"}]}""");
        _harness.Served.Enqueue(StubReply.Stream(finish, StubStep.Wait(_sink.First), StubStep.Drop()));

        (await _harness.StreamAsync(_sink)).Answer.ShouldBe(new ChatAnswer("all", "stop"));
    }

    [Fact]
    public async Task Send_UsageOfZeroAfterTheCounts_DoesNotTakeTheirPlace()
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Delta("a"), StubStep.Usage(9, 0), StubStep.Finish(), StubStep.Usage(0, 3), StubStep.Done()));

        Tokens(await _harness.StreamAsync(_sink)).ShouldBe((9, 3));
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"}}\n\n", CallOutcome.RateLimited)]
    [InlineData("event: error\ndata: {\"message\":\"down\",\"type\":\"server_error\"}\n\n", CallOutcome.ServerError)]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", CallOutcome.ServerError)]
    [InlineData("data: {\"choices\":[{\n\n", CallOutcome.InvalidResponse)]
    public async Task Send_ErrorInMidStream_KeepsWhatCame(string bytes, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Usage(4, 0), StubStep.Delta("half"), StubStep.Bytes(Encoding.UTF8.GetBytes(bytes))));

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(outcome);
        result.Error!.Message.ShouldNotBeEmpty();
        result.Answer!.Content.ShouldBe("half");
        Tokens(result).ShouldBe((4, 0));
    }

    [Fact]
    public async Task Send_DroppedConnection_IsATransportErrorWithWhatCame()
    {
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Delta("half"), StubStep.Wait(_sink.First), StubStep.Drop()));

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.TransportError);
        result.Answer!.Content.ShouldBe("half");
    }

    [Fact]
    public async Task Send_CancelledInAStall_KeepsWhatCameAndHangsUp()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _harness.Served.Enqueue(StubReply.Stream(StubStep.Usage(4, 1), StubStep.Delta("half"), StubStep.Stall()));

        var call = _harness.StreamAsync(_sink, cancellationToken: cancellation.Token);
        await _sink.First;
        await cancellation.CancelAsync();
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Cancelled);
        result.Answer!.Content.ShouldBe("half");
        result.ReceivedCharacters.ShouldBe(4);
        Tokens(result).ShouldBe((4, 1));
        await _harness.Stub.Requests[0].Aborted.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Send_CancelledAfterTheFinish_IsAnswered()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw("""{"choices":[{"delta":{"content":"all"},"finish_reason":"stop"}]}"""), StubStep.Stall()));

        var call = _harness.StreamAsync(_sink, cancellationToken: cancellation.Token);
        await _sink.First;
        await cancellation.CancelAsync();

        (await call).Outcome.ShouldBe(CallOutcome.Ok);
    }

    [Fact]
    public async Task Send_EndlessStream_IsRefused()
    {
        var comment = Encoding.ASCII.GetBytes($": {new string('.', 1 << 20)}\n\n");
        _harness.Served.Enqueue(StubReply.Stream([.. Enumerable.Repeat(StubStep.Bytes(comment), 17)]));

        var result = await _harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error!.Message.ShouldContain("larger");
    }

    [Fact]
    public async Task Send_StreamSplitAnywhere_GivesTheSame()
    {
        var body = Encoding.UTF8.GetBytes(
            ": hello\r\n\r\ndata: {\"choices\":[],\"x\":1}\r\n\r\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
            + "data:{\"choices\":[{\"delta\":{\"content\":\"<think>…</think> ü\"}}]}\r\rdata: {\"choices\":[{\"delta\":\ndata: {\"content\":\"\\u00e9🎈\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n");
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

    private sealed class FaultySink : IAnswerSink
    {
        public bool Shown => false;

        public void OnContent(string text)
        {
        }

        public void OnChoices(ReadOnlyMemory<byte> choices) => throw new InvalidOperationException("Not this one.");
    }

    private static (long Prompt, long Completion)? Tokens(UpstreamResult result) =>
        result.Usage is { } usage ? (usage.PromptTokens, usage.CompletionTokens) : null;
}
