using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

/// <summary>Answers that are labelled wrongly, compressed, or not of the form that was asked for.</summary>
public sealed class OddAnswerTests : IAsyncLifetime
{
    private const string Whole = """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello world"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2}}""";

    private const string Events = """
        data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"content":" world"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}

        data: [DONE]


        """;

    private readonly RecordingSink _sink = new();
    private OpenAiHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await OpenAiHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData(Events, "application/json")]
    [InlineData(Events, "text/plain")]
    [InlineData("\uFEFF: hello\n\n" + Events, "text/event-stream")]
    [InlineData(Whole, "Application/JSON")]
    [InlineData(Whole, "text/event-stream")]
    [InlineData("\uFEFF \n" + Whole, "text/plain")]
    public async Task Send_WrongLabel_IsReadByWhatItIs(string body, string label)
    {
        _harness.Served.Default = StubReply.RawBody(200, body, label);

        foreach (var keepChoices in (bool[])[false, true])
        {
            foreach (var result in (UpstreamResult[])[await _harness.StreamAsync(_sink, keepChoices), await _harness.WholeAsync(keepChoices: keepChoices)])
            {
                result.Outcome.ShouldBe(CallOutcome.Ok, result.Error?.Message);
                result.Answer!.Content.ShouldBe("Hello world");
                (result.Usage!.PromptTokens, result.Usage.CompletionTokens).ShouldBe((7, 2));
            }
        }

        _sink.Text.ShouldBe("Hello world");
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("x-gzip", true)]
    [InlineData("br", true)]
    [InlineData("deflate", false)]
    [InlineData("bare deflate", true)]
    [InlineData("unlabelled gzip", true)]
    [InlineData("gzip, br", false)]
    [InlineData("identity", false)]
    [InlineData("gzip label alone", true)]
    public async Task Send_CompressedAnswer_IsRead(string encoding, bool streamed)
    {
        _harness.Served.Default = Compressed(200, streamed ? Events : Whole, encoding);

        var result = streamed ? await _harness.StreamAsync(_sink) : await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.Ok, result.Error?.Message);
        result.Answer!.Content.ShouldBe("Hello world");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Send_CompressedError_IsRead(string encoding)
    {
        _harness.Served.Default = Compressed(429, """{"error":{"message":"slow down","code":"rate_limit_exceeded"}}""", encoding);

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.RateLimited);
        result.Error!.Message.ShouldBe("slow down");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Send_CompressedBomb_IsCutAtTheLimit(string encoding)
    {
        _harness.Served.Default = Compressed(200, Whole.Replace("Hello", new string('a', 64 * 1024 * 1024), StringComparison.Ordinal), encoding);

        foreach (var result in (UpstreamResult[])[await _harness.WholeAsync(), await _harness.StreamAsync(_sink)])
        {
            result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
            result.Error!.Message.ShouldContain("larger");
        }
    }

    [Theory]
    [InlineData("zstd", "compressed as 'zstd'")]
    [InlineData("broken gzip", "")]
    public async Task Send_CompressionThatCannotBeRead_IsAnInvalidAnswer(string encoding, string message)
    {
        _harness.Served.Default = Compressed(200, Whole, encoding);

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error!.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("{\"index\":0,\"finish_reason\":\"stop\"}")]
    [InlineData("{\"index\":0,\"message\":null,\"finish_reason\":\"stop\"}")]
    [InlineData("{\"index\":0,\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"},{\"index\":1,\"finish_reason\":\"stop\"}")]
    public async Task Send_WholeAnswerWithAChoiceWithoutMessage_IsAnInvalidAnswer(string choices)
    {
        _harness.Served.Enqueue(StubReply.RawBody(200, $"{{\"choices\":[{choices}]}}", "application/json"));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error!.Message.ShouldContain("without a message");
    }

    [Fact]
    public async Task Send_ServerThatStreamsWhereNothingIsSaid_AnswersWhole()
    {
        _harness.Served.Default = StubReply.Dynamic(request => request.Field("stream") is { ValueKind: JsonValueKind.False }
            ? StubReply.RawBody(200, Whole, "application/json")
            : StubReply.RawBody(200, Events, "text/event-stream"));

        (await _harness.WholeAsync()).Answer!.Content.ShouldBe("Hello world");
        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_ModelThatOnlyStreams_IsFoldedIntoAWholeAnswer(bool keepChoices)
    {
        _harness.Model = _harness.Model with { Params = new ParamsConfig { AlwaysStreams = true } };
        _harness.Served.Default = StubReply.Dynamic(request => request is { Stream: true, IncludeUsage: true }
            ? StubReply.Text("Hello world", promptTokens: 7, completionTokens: 2, reasoning: "hm")
            : StubReply.Error(400, "invalid_parameter_error", "Only stream mode."));

        var result = await _harness.WholeAsync(keepChoices: keepChoices);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.Content.ShouldBe("Hello world");
        result.Answer.FinishReason.ShouldBe("stop");
        result.Usage!.PromptTokens.ShouldBe(7);
        _harness.Stub.Requests[0].Headers["Accept"].ShouldBe("text/event-stream");
        if (keepChoices)
        {
            var choice = JsonElement.Parse(result.Answer.Choices.Span).EnumerateArray().ShouldHaveSingleItem();
            choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
            var message = choice.GetProperty("message");
            message.GetProperty("role").GetString().ShouldBe("assistant");
            message.GetProperty("content").GetString().ShouldBe("Hello world");
            message.GetProperty("reasoning_content").GetString().ShouldBe("hm");
        }
    }

    [Fact]
    public async Task Send_ToolCallsOfAModelThatOnlyStreams_ArePutTogether()
    {
        _harness.Model = _harness.Model with { Params = new ParamsConfig { AlwaysStreams = true } };
        _harness.Served.Default = StubReply.Stream(
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}}]}}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":{}}}]}}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":":1}"}}]},"finish_reason":"tool_calls"}]}"""),
            StubStep.Done());

        var result = await _harness.WholeAsync(keepChoices: true);

        result.Answer!.CallsTools.ShouldBeTrue();
        JsonElement.Parse(result.Answer.Choices.Span)[0].GetProperty("message").GetProperty("tool_calls").GetRawText().ShouldBe(
            """[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]""");
    }

    [Fact]
    public async Task Send_WholeAnswerWithHalfACharacter_IsAStreamsOnePiece()
    {
        _harness.Served.Default = StubReply.RawBody(
            200, """{"choices":[{"index":0,"message":{"role":"assistant","content":"He \ud83d llo"},"finish_reason":null}]}""", "application/json");

        (await _harness.StreamAsync(_sink, keepChoices: true)).Outcome.ShouldBe(CallOutcome.Ok);

        var choice = JsonElement.Parse(_sink.Choices.ShouldHaveSingleItem())[0];
        choice.GetProperty("delta").GetProperty("content").GetString().ShouldBe("He \uFFFD llo");
        choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
    }

    [Fact]
    public async Task Send_EventOverSeveralLines_IsOneLineOfChoices()
    {
        _harness.Served.Default = StubReply.RawBody(
            200, "data: {\"choices\":[\ndata: {\"index\":0,\ndata: \"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", "text/event-stream");

        await _harness.StreamAsync(_sink, keepChoices: true);

        _sink.Choices.ShouldHaveSingleItem().ShouldNotContain("\n");
    }

    [Fact]
    public async Task Send_FieldsOfAStream_ComeWithTheirChunk()
    {
        _harness.Served.Default = StubReply.Stream(
            StubStep.Raw("""{"id":"up","model":"m","system_fingerprint":"fp","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"""),
            StubStep.Raw("""{"choices":[],"citations":["c"],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.5}}"""),
            StubStep.Done());

        var result = await _harness.StreamAsync(_sink, keepChoices: true);

        _sink.Fields.ShouldBe(["""{"system_fingerprint":"fp"}""", """{"citations":["c"]}"""]);
        Encoding.UTF8.GetString(result.Answer!.UsageFields.Span).ShouldBe("""{"cost":0.5}""");
    }

    [Fact]
    public async Task Send_FreeFieldsOfAStreamsDelta_NameNobody()
    {
        var host = _harness.Stub.BaseUrl.Host;
        _harness.Served.Default = StubReply.Stream(
            StubStep.Raw($$$"""{"choices":[{"index":0,"delta":{"content":"a","provider_specific_fields":{"at":"{{{host}}}:80","host":"h","took":1}},"via":"{{{host}}}"}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"x_note":"\ud83d"}}]}"""),
            StubStep.Raw("""{"choices":[{"index":0,"delta":{"x_note":"\ude00"},"finish_reason":"stop"}]}"""),
            StubStep.Done());

        await _harness.StreamAsync(_sink, keepChoices: true);

        _sink.Choices[0].ShouldBe("""[{"index":0,"delta":{"content":"a","provider_specific_fields":{"took":1}}}]""");
        JsonElement.Parse(_sink.Choices[^1])[0].GetProperty("delta").GetProperty("x_note").GetString().ShouldBe(
            "\U0001F600", "a free field is joined as the answer is");
    }

    [Fact]
    public async Task Send_LoneClosingTagAfterTextWasShown_BreaksOffAndIsHeldBackFromThenOn()
    {
        _harness.Served.Default = StubReply.Text("", deltas: ["Let me see. ", "SECRET.\n", "</think>", "\n\nyes"]);

        (await _harness.StreamAsync(_sink)).Outcome.ShouldBe(CallOutcome.InvalidResponse);
        var later = new RecordingSink();
        var result = await _harness.StreamAsync(later);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.Content.ShouldBe("yes");
        later.Text.ShouldBe("yes");
    }

    [Theory]
    [InlineData("qwq-32b", null)]
    [InlineData("vendor/Deep-Thinking", null)]
    [InlineData("plain", true)]
    public async Task Send_ModelKnownToThinkAloud_IsHeldBackUntilTheTag(string model, bool? thinks)
    {
        _harness.Model = _harness.Model with { Model = model, Params = new ParamsConfig { Thinks = thinks } };
        _harness.Stub.Model(model).Default = StubReply.Text("", deltas: ["SECRET", "</th", "ink>", "yes"]);

        (await _harness.StreamAsync(_sink)).Outcome.ShouldBe(CallOutcome.Ok);

        _sink.Text.ShouldBe("yes");
    }

    [Fact]
    public async Task Send_ThoughtsInAFieldOfTheirOwn_HoldNothingBack()
    {
        _harness.Model = _harness.Model with { Model = "deepseek-r1" };
        _harness.Stub.Model("deepseek-r1").Default = StubReply.Stream(
            StubStep.Reasoning("hm"), StubStep.Delta("yes"), StubStep.Wait(_sink.First), StubStep.Delta("!"), StubStep.Finish(), StubStep.Done());

        (await _harness.StreamAsync(_sink)).Answer!.Content.ShouldBe("yes!");
    }

    private static StubReply Compressed(int status, string body, string encoding)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var compressed = encoding switch
        {
            "gzip" or "x-gzip" or "unlabelled gzip" => Through(bytes, to => new GZipStream(to, CompressionLevel.Fastest)),
            "br" => Through(bytes, to => new BrotliStream(to, CompressionLevel.Fastest)),
            "deflate" => Through(bytes, to => new ZLibStream(to, CompressionLevel.Fastest)),
            "bare deflate" => Through(bytes, to => new DeflateStream(to, CompressionLevel.Fastest)),
            "gzip, br" => Through(Through(bytes, to => new GZipStream(to, CompressionLevel.Fastest)), to => new BrotliStream(to, CompressionLevel.Fastest)),
            "broken gzip" => [0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7, 8],
            _ => bytes,
        };
        var label = encoding switch
        {
            "bare deflate" => "deflate",
            "broken gzip" or "gzip label alone" => "gzip",
            _ => encoding,
        };
        return StubReply.RawBody(
            status, compressed, "application/json", encoding == "unlabelled gzip" ? null : new Dictionary<string, string> { ["Content-Encoding"] = label });
    }

    private static byte[] Through(byte[] bytes, Func<Stream, Stream> compress)
    {
        using var output = new MemoryStream();
        using (var stream = compress(output))
        {
            stream.Write(bytes);
        }

        return output.ToArray();
    }
}
