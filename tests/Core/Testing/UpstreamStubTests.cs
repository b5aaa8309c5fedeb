using System.Net;
using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public sealed class UpstreamStubTests : IAsyncLifetime
{
    private const string Whole = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";
    private const string Streamed = """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    private const string StreamedWithUsage =
        """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""";

    private UpstreamStub _stub = null!;
    private StubClient _client = null!;

    private StubModel Model => _stub.Model("m");

    public async ValueTask InitializeAsync()
    {
        _stub = await UpstreamStub.StartAsync();
        _client = new StubClient(_stub);
        Model.Answers("two words");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stub.DisposeAsync();
    }

    [Fact]
    public async Task Text_WholeRequest_AnswersOnceForEachChoice()
    {
        var answer = await _client.PostWholeAsync(Whole.Replace("}]}", "}],\"n\":2}", StringComparison.Ordinal));

        answer.GetProperty("object").GetString().ShouldBe("chat.completion");
        answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString())
            .ShouldBe(["two words", "two words"]);
        answer.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(15);
    }

    [Fact]
    public async Task Text_StreamRequest_SendsRoleContentFinishDone()
    {
        var events = await _client.PostStreamAsync(Streamed);

        events[^1].ShouldBe("[DONE]");
        var chunks = events[..^1].ConvertAll(data => JsonElement.Parse(data));
        chunks.ShouldAllBe(chunk => !HasProperty(chunk, "usage"));
        var choices = chunks.ConvertAll(chunk => chunk.GetProperty("choices")[0]);
        choices[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
        choices[1..^1].ConvertAll(choice => choice.GetProperty("delta").GetProperty("content").GetString()).ShouldBe(["two ", "words"]);
        choices[^1].GetProperty("finish_reason").GetString().ShouldBe("stop");
        choices[..^1].ShouldAllBe(choice => choice.GetProperty("finish_reason").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Text_StreamWithUsage_ReportsItOnceInAChunkOfItsOwn()
    {
        var chunks = (await _client.PostStreamAsync(StreamedWithUsage))[..^1].ConvertAll(data => JsonElement.Parse(data));

        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        chunks[^1].GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(10);
        chunks[..^1].ShouldAllBe(chunk => chunk.GetProperty("usage").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task UsageOnEveryChunk_Stream_GrowsToTheWholeOnTheLast()
    {
        Model.Default = StubReply.UsageOnEveryChunk("a b c", 7, 40);

        var chunks = (await _client.PostStreamAsync(Streamed))[..^1].ConvertAll(data => JsonElement.Parse(data));

        chunks.ConvertAll(chunk => chunk.GetProperty("usage").GetProperty("completion_tokens").GetInt32()).ShouldBe([0, 10, 20, 30, 40]);
        chunks.ShouldAllBe(chunk => chunk.GetProperty("choices").GetArrayLength() == 1);
    }

    [Fact]
    public async Task Text_RefusalAndReasoning_StandInTheirOwnFields()
    {
        Model.Default = StubReply.Text("", refusal: "No.", reasoning: "Hm", reportUsage: false);

        var whole = await _client.PostWholeAsync(Whole);
        var chunks = (await _client.PostStreamAsync(StreamedWithUsage))[..^1].ConvertAll(data => JsonElement.Parse(data));

        var message = whole.GetProperty("choices")[0].GetProperty("message");
        message.GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        message.GetProperty("refusal").GetString().ShouldBe("No.");
        message.GetProperty("reasoning_content").GetString().ShouldBe("Hm");
        HasProperty(whole, "usage").ShouldBeFalse();
        var deltas = chunks.ConvertAll(chunk => chunk.GetProperty("choices")[0].GetProperty("delta"));
        deltas[1].GetProperty("reasoning_content").GetString().ShouldBe("Hm");
        deltas[2].GetProperty("refusal").GetString().ShouldBe("No.");
        deltas.Count.ShouldBe(4);
    }

    [Fact]
    public async Task ToolCall_Stream_SplitsTheArguments()
    {
        Model.Default = StubReply.ToolCall("add", """{"a":1}""");

        var chunks = (await _client.PostStreamAsync(Streamed))[..^1].ConvertAll(data => JsonElement.Parse(data));

        var functions = chunks[1..^1].ConvertAll(
            chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("tool_calls")[0].GetProperty("function"));
        functions[0].GetProperty("name").GetString().ShouldBe("add");
        string.Concat(functions.Select(function => function.GetProperty("arguments").GetString())).ShouldBe("""{"a":1}""");
    }

    [Fact]
    public async Task Enqueue_UsedOnceInOrder_ThenDefault()
    {
        Model.Enqueue(StubReply.Error(429, "rate_limit_exceeded", "Slow down.", retryAfter: TimeSpan.FromMilliseconds(1500)))
            .Enqueue(StubReply.RawBody(502, "<html>", "text/html", new Dictionary<string, string> { ["x-hop"] = "1" }))
            .Enqueue(StubReply.Dynamic(request => StubReply.Text(request.Model + "!")));

        using var limited = await _client.PostAsync(Whole);
        using var html = await _client.PostAsync(Whole);
        var dynamic = await _client.PostWholeAsync(Whole);
        var last = await _client.PostWholeAsync(Whole);

        limited.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        limited.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        limited.Headers.GetValues("retry-after-ms").ShouldBe(["1500"]);
        (await html.Content.ReadAsStringAsync(StubClient.Cancel)).ShouldBe("<html>");
        html.Headers.GetValues("x-hop").ShouldBe(["1"]);
        Content(dynamic).ShouldBe("m!");
        Content(last).ShouldBe("two words");
        _stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hang_ClientGivesUp_AbortedCompletes()
    {
        Model.Default = StubReply.Hang();
        using var giveUp = new CancellationTokenSource();
        var call = _client.PostAsync(Whole, cancel: giveUp.Token);
        var request = (await _stub.WaitForRequestsAsync("m", 1, StubClient.Cancel))[0];
        request.Aborted.IsCompleted.ShouldBeFalse();

        await giveUp.CancelAsync();

        await request.Aborted.WaitAsync(StubClient.Cancel);
        await request.Completed.WaitAsync(StubClient.Cancel);
        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task Gated_AnswersOnlyOnceTheGateIsOpen()
    {
        var gate = new TaskCompletionSource();
        Model.Default = StubReply.Gated(gate.Task, StubReply.Text("later"));
        var call = _client.PostWholeAsync(Whole);
        var request = (await _stub.WaitForRequestsAsync("m", 1, StubClient.Cancel))[0];
        call.IsCompleted.ShouldBeFalse();

        gate.SetResult();

        Content(await call).ShouldBe("later");
        await request.Completed.WaitAsync(StubClient.Cancel);
        request.Aborted.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_Steps_AreSentAsWritten()
    {
        Model.Default = StubReply.Stream(
            StubStep.Comment("hold"), StubStep.Reasoning("r"), StubStep.Delta("d"), StubStep.Raw("{broken"), StubStep.Finish("length"),
            StubStep.Usage(1, 2), StubStep.Bytes("data: x\r\n\r\n"u8.ToArray()), StubStep.Done());

        using var response = await _client.PostAsync(Streamed);
        var text = await response.Content.ReadAsStringAsync(StubClient.Cancel);

        text.ShouldStartWith(": hold\n\ndata: {");
        text.ShouldContain("\"role\":\"assistant\"");
        text.ShouldContain("data: {broken\n\n");
        text.ShouldContain("\"finish_reason\":\"length\"");
        text.ShouldContain("\"total_tokens\":3");
        text.ShouldEndWith("data: x\r\n\r\ndata: [DONE]\n\n");
    }

    [Fact]
    public async Task Stream_Drop_DeliversWhatWasSentButNoEnd()
    {
        Model.Default = StubReply.Stream(StubStep.Delta("half"), StubStep.Drop());
        using var response = await _client.PostAsync(Streamed);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(StubClient.Cancel));
        var lines = new List<string>();

        await Should.ThrowAsync<HttpIOException>(async () =>
        {
            while (await reader.ReadLineAsync(StubClient.Cancel) is { } line)
            {
                lines.Add(line);
            }
        });

        lines.Count.ShouldBe(4);
        lines[2].ShouldContain("half");
        _stub.Requests.ShouldHaveSingleItem().Aborted.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_WaitThenReset_BreaksTheBody()
    {
        var gate = new TaskCompletionSource();
        Model.Default = StubReply.Stream(StubStep.Delta("half"), StubStep.Wait(gate.Task), StubStep.Reset());
        using var response = await _client.PostAsync(Streamed);
        var body = response.Content.ReadAsStringAsync(StubClient.Cancel);

        gate.SetResult();

        await Should.ThrowAsync<HttpRequestException>(body);
        var request = _stub.Requests.ShouldHaveSingleItem();
        await request.Completed.WaitAsync(StubClient.Cancel);
        request.Aborted.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_Stall_EndsWhenTheClientLeaves()
    {
        Model.Default = StubReply.Stream(StubStep.Stall());
        var response = await _client.PostAsync(Streamed);

        response.Dispose();

        await _stub.Requests.ShouldHaveSingleItem().Aborted.WaitAsync(StubClient.Cancel);
    }

    [Fact]
    public async Task Stream_WholeRequest_IsATestsMistake()
    {
        Model.Default = StubReply.Stream(StubStep.Done());

        using var response = await _client.PostAsync(Whole);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        _stub.Violations.ShouldHaveSingleItem().Code.ShouldBe("stub_misused");
    }

    [Fact]
    public async Task Tls_OwnCertificate_SpeaksHttp2AndResetsADroppedStream()
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { Tls = true });
        using var client = new StubClient(stub);
        stub.Model("m").Enqueue(StubReply.Text("secure")).Enqueue(StubReply.Stream(StubStep.Delta("a"), StubStep.Drop()));

        Content(await client.PostWholeAsync(Whole)).ShouldBe("secure");
        using var dropped = await client.PostAsync(Streamed);
        await Should.ThrowAsync<HttpRequestException>(dropped.Content.ReadAsStringAsync(StubClient.Cancel));

        stub.Requests.ShouldAllBe(request => request.Protocol == "HTTP/2");
        stub.Requests.Select(request => request.ConnectionId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Request_IsKeptAsReceived()
    {
        await _client.PostWholeAsync(Whole);

        var request = _stub.RequestsFor("m").ShouldHaveSingleItem();
        request.Body.ShouldBe(System.Text.Encoding.UTF8.GetBytes(Whole));
        request.Headers["Content-Type"].ShouldStartWith("application/json");
        request.Protocol.ShouldBe("HTTP/1.1");
        request.Stream.ShouldBeFalse();
    }

    private static bool HasProperty(JsonElement json, string name) => json.TryGetProperty(name, out _);

    private static string? Content(JsonElement answer) =>
        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
}
