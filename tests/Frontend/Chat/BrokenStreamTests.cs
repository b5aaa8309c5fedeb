using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>
/// An error after the headers: its event always arrives, and the answer never looks whole. Many rounds, because what is
/// lost between a write and a close is lost only now and then.
/// </summary>
public sealed class BrokenStreamTests
{
    private const int Rounds = 50;

    private static readonly string[] Http2 =
    [
        "--Kestrel:Endpoints:Only:Url", "http://127.0.0.1:0", "--Kestrel:Endpoints:Only:Protocols", "Http2",
    ];

    [Theory]
    [InlineData(Council.AskStreamed, Council.Judge, "judge_failed")]
    [InlineData(Council.AskSoloStreamed, "solo", "upstream_failed")]
    public async Task Http1_ErrorAmidTheAnswer_IsAnEventAndNoLastChunk(string ask, string breaking, string code)
    {
        await using var council = await Council.StartAsync();
        council.Model(breaking).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        for (var round = 0; round < Rounds; round++)
        {
            using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);
            await raw.PostChatAsync(ask);
            var text = await raw.ReadToEndAsync();

            text.ShouldStartWith("HTTP/1.1 200 ");
            text.ShouldContain("Transfer-Encoding: chunked");
            ShouldEndInError(text, code);
            text.ShouldNotContain("\r\n0\r\n");
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Http1_LongAnswerThatBreaks_ArrivesUpToTheError()
    {
        await using var council = await Council.StartAsync();
        council.Model(Council.Judge).Default = StubReply.Stream(
            [.. Enumerable.Range(0, 200).Select(index => StubStep.Delta($"{index}:{new string('x', 4000)} ")), StubStep.Drop()]);

        for (var round = 0; round < 5; round++)
        {
            using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);
            await raw.PostChatAsync(Council.AskStreamed);
            var text = await raw.ReadToEndAsync();

            text.ShouldContain("199:");
            ShouldEndInError(text, "judge_failed");
        }
    }

    [Fact]
    public async Task Http1_ErrorAfterTheCommitTime_IsAnEventAndNoLastChunk()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.AllMembers(StubReply.Gated(gate.Task, StubReply.Error(400, "context_length_exceeded", "Too long for vendor-quokka.")));
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.PostChatAsync(Council.AskStreamed);
        await council.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(5), Now.Cancel);
        council.Clock.Advance(TimeSpan.FromSeconds(5));
        var head = await raw.ReadUntilAsync(": keep-alive");
        gate.SetResult();
        var rest = await raw.ReadToEndAsync();

        head.ShouldStartWith("HTTP/1.1 200 ");
        ShouldEndInError(rest, "context_length_exceeded");
        rest.ShouldNotContain("\r\n0\r\n");
        Council.ShouldNameNobody(head + rest);
    }

    [Fact]
    public async Task Http2_ErrorAmidTheAnswer_IsAnEventAndAReset()
    {
        await using var council = await Council.StartAsync(args: Http2);
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        for (var round = 0; round < Rounds; round++)
        {
            using var raw = await RawHttp2.ConnectAsync(council.Gateway.Url);
            await raw.PostChatAsync(Council.AskStreamed);
            var exchange = await raw.ReadToEndAsync();

            exchange.Ended.ShouldBeFalse();
            exchange.ResetCode.ShouldNotBeNull().ShouldNotBe(0u);
            ShouldEndInError(exchange.Body, "judge_failed");
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Http2_WholeStream_EndsProperly()
    {
        await using var council = await Council.StartAsync(args: Http2);
        using var raw = await RawHttp2.ConnectAsync(council.Gateway.Url);

        await raw.PostChatAsync(Council.AskStreamed);
        var exchange = await raw.ReadToEndAsync();

        exchange.Ended.ShouldBeTrue();
        exchange.Body.ShouldEndWith("data: [DONE]\n\n");
    }

    [Fact]
    public async Task Judge_FallsSilent_EndsTheStreamInAnError()
    {
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Stall());
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.PostChatAsync(Council.AskStreamed);
        await raw.ReadUntilAsync("It is");
        var silence = await council.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), Now.Cancel);
        council.Clock.Advance(silence);

        ShouldEndInError(await raw.ReadToEndAsync(), "judge_timeout");
    }

    [Fact]
    public async Task Judge_WritesLongerThanAnAnswerMay_EndsTheStreamInAnError()
    {
        await using var council = await Council.StartAsync(
            manualClock: true, configure: SystemClock.ForGates, shape: ensemble => ensemble with { MaxAnswer = TimeSpan.FromSeconds(20) });
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Stall());
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.PostChatAsync(Council.AskStreamed);
        await raw.ReadUntilAsync("It is");
        council.Clock.Advance(TimeSpan.FromSeconds(20));

        ShouldEndInError(await raw.ReadToEndAsync(), "deadline_exceeded");
    }

    /// <summary>The last event is an error of exactly four fields, and no end mark stands before or after it.</summary>
    private static void ShouldEndInError(string text, string code)
    {
        text.ShouldNotContain("[DONE]");
        var start = text.LastIndexOf("data: {\"error\"", StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, text);
        var json = text[(start + "data: ".Length)..text.IndexOf("\n\n", start, StringComparison.Ordinal)];
        Answer.ErrorOf(JsonElement.Parse(json)).Code.ShouldBe(code);
        text[(start + "data: ".Length)..].ShouldNotContain("data: ");
    }
}
