using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Bodies and chunks as they stand on the wire.</summary>
public sealed class AnswerShapeTests
{
    private static string WithUsage(string json) => json.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal);

    [Fact]
    public async Task Whole_HasTheFieldsOfACompletionAndNamesNobody()
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Header("content-type").ShouldBe("application/json");
        answer.Json.EnumerateObject().Select(field => field.Name).ShouldBe(["id", "object", "created", "model", "choices", "usage"]);
        answer.Json.GetProperty("object").GetString().ShouldBe("chat.completion");
        answer.Choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        answer.Content.ShouldBe("It is Paris.");
        Council.ShouldNameNobody(answer.Everything);
    }

    [Fact]
    public async Task Stream_Ensemble_IsRoleContentFinishDone()
    {
        await using var council = await Council.StartAsync();

        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);
        var lines = await stream.RestAsync();

        stream.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream; charset=utf-8");
        lines[^1].ShouldBe("data: [DONE]");
        var chunks = EventStream.Chunks(lines);
        chunks.Count.ShouldBe(lines.Count - 1);
        chunks.ShouldAllBe(chunk => chunk.GetProperty("object").GetString() == "chat.completion.chunk" && !HasField(chunk, "usage"));
        Delta(chunks[0]).GetProperty("role").GetString().ShouldBe("assistant");
        Delta(chunks[0]).GetProperty("content").GetString().ShouldBe("");
        string.Concat(chunks.Skip(1).SkipLast(1).Select(chunk => Delta(chunk).GetProperty("content").GetString())).ShouldBe("It is Paris.");
        chunks.SkipLast(1).ShouldAllBe(chunk => Finish(chunk) == null);
        Delta(chunks[^1]).EnumerateObject().ShouldBeEmpty();
        Finish(chunks[^1]).ShouldBe("stop");
        Council.ShouldNameNobody(string.Join('\n', lines) + stream.Response.Headers);
    }

    [Fact]
    public async Task Solo_FieldsOfTheProvider_AreThereWithoutNamesAndIds()
    {
        await using var council = await Council.StartAsync();
        const string Fields = "\"id\":\"up-1\",\"model\":\"vendor-solo-2025\",\"provider\":\"vendor-x\",\"system_fingerprint\":\"fp_1\",\"citations\":[\"https://a.example\"]";
        const string Usage = "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"cost\":0.25,\"prompt_tokens_details\":{\"cached_tokens\":1,\"cache_write_tokens\":2}}";
        council.Stub.Model(Council.Solo).Default = StubReply.Dynamic(request => request.Stream
            ? StubReply.Stream(
                StubStep.Raw($$"""{ {{Fields}},"choices":[{"index":0,"delta":{"role":"assistant","content":"Paris"},"finish_reason":"eos"}]}"""),
                StubStep.Raw($$"""{"service_tier":"flex","choices":[],{{Usage}} }"""),
                StubStep.Done())
            : StubReply.RawBody(200, $$"""{ {{Fields}},"choices":[{"index":0,"message":{"role":"assistant","content":"Paris"},"finish_reason":null}],{{Usage}} }""", "application/json"));

        var whole = await council.Gateway.ChatAsync(Council.AskSolo);
        using var stream = await council.Gateway.StreamAsync(WithUsage(Council.AskSoloStreamed));
        var lines = await stream.RestAsync();
        var chunks = EventStream.Chunks(lines);

        whole.Json.EnumerateObject().Select(field => field.Name)
            .ShouldBe(["id", "object", "created", "model", "choices", "usage", "system_fingerprint", "citations"]);
        whole.Choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        whole.Json.GetProperty("usage").GetRawText().ShouldBe(
            """{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":2},"cost":0.25}""");
        Finish(chunks[0]).ShouldBe("stop");
        chunks[0].GetProperty("system_fingerprint").GetString().ShouldBe("fp_1");
        chunks[^1].GetProperty("service_tier").GetString().ShouldBe("flex");
        chunks[^1].GetProperty("usage").GetProperty("cost").GetDouble().ShouldBe(0.25);
        Council.ShouldNameNobody(whole.Everything + string.Join('\n', lines));
    }

    [Theory]
    [InlineData(Council.AskStreamed, true, 60)]
    [InlineData(Council.AskSoloStreamed, true, 15)]
    [InlineData(Council.AskStreamed, false, 0)]
    [InlineData(Council.AskSoloStreamed, false, 0)]
    public async Task Stream_IncludeUsage_IsOneLastChunkAndNullOnTheOthers(string ask, bool reported, int tokens)
    {
        await using var council = await Council.StartAsync();
        foreach (var alias in (string[])[.. Council.Members, Council.Judge, "solo"])
        {
            council.Model(alias).Default = StubReply.Text("Paris.", reportUsage: reported);
        }

        using var stream = await council.Gateway.StreamAsync(WithUsage(ask));
        var lines = await stream.RestAsync();

        lines[^1].ShouldBe("data: [DONE]");
        var chunks = EventStream.Chunks(lines);
        chunks.SkipLast(1).ShouldAllBe(chunk => chunk.GetProperty("usage").ValueKind == JsonValueKind.Null);
        chunks.SkipLast(1).ShouldAllBe(chunk => chunk.GetProperty("choices").GetArrayLength() == 1);
        var usage = chunks[^1].GetProperty("usage");
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        usage.GetProperty("total_tokens").GetInt32().ShouldBe(tokens);
        HasField(usage, "ensemble_estimated").ShouldBe(!reported);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Direct_SeveralChoicesAndLogprobs_Pass()
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(
            """{"model":"solo","n":2,"logprobs":true,"top_logprobs":2,"messages":[{"role":"user","content":"Hi"}]}""");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Json.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        HasField(answer.Choice, "logprobs").ShouldBeTrue();
        var request = await council.RequestAsync("solo");
        request.Choices.ShouldBe(2);
        request.Field("logprobs")!.Value.GetBoolean().ShouldBeTrue();
        Council.ShouldNameNobody(answer.Everything);
    }

    [Fact]
    public async Task Direct_StreamedChoices_KeepTheirIndices()
    {
        await using var council = await Council.StartAsync();

        using var stream = await council.Gateway.StreamAsync("""{"model":"solo","n":2,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        var chunks = EventStream.Chunks(await stream.RestAsync());

        chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Select(choice => choice.GetProperty("index").GetInt32())
            .Distinct().Order().ShouldBe([0, 1]);
        chunks.Count(chunk => Finish(chunk) == "stop").ShouldBe(2);
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task Judge_Reasoning_IsNeverForwardedNorShownToIt(string ask)
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Text("<think>musing</think>Paris.", reasoning: "pondering"));
        council.Model(Council.Judge).Default = StubReply.Text("<think>musing</think>It is Paris.", reasoning: "pondering");

        var answer = await council.Gateway.ChatAsync(ask);

        answer.Body.ShouldNotContain("musing");
        answer.Body.ShouldNotContain("pondering");
        answer.Body.ShouldNotContain("think>");
        answer.Body.ShouldContain("Paris.");
        var judge = Encoding.UTF8.GetString((await council.RequestAsync(Council.Judge)).Body);
        judge.ShouldContain("Paris.");
        judge.ShouldNotContain("musing");
        judge.ShouldNotContain("pondering");
    }

    [Fact]
    public async Task Images_ReachPanelAndJudge()
    {
        const string Image = "data:image/png;base64,iVBORw0KGgo=";
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(
            $$$"""
            {"model":"council","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"{{{Image}}}"}}]}]}
            """);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        council.Stub.Requests.Count.ShouldBe(4);
        council.Stub.Requests.ShouldAllBe(request => Encoding.UTF8.GetString(request.Body).Contains(Image, StringComparison.Ordinal));
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusal_OfTheWholePanel_IsTheAnswer()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Text("", refusal: "I will not."));

        var whole = await council.Gateway.ChatAsync(Council.Ask);
        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);
        var chunks = EventStream.Chunks(await stream.RestAsync());

        whole.Status.ShouldBe(HttpStatusCode.OK);
        whole.Choice.GetProperty("message").GetProperty("refusal").GetString().ShouldBe("I will not.");
        whole.Choice.GetProperty("message").GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        string.Concat(chunks.Where(chunk => HasField(Delta(chunk), "refusal")).Select(chunk => Delta(chunk).GetProperty("refusal").GetString()))
            .ShouldBe("I will not.");
        Finish(chunks[^1]).ShouldBe("stop");
    }

    private static bool HasField(JsonElement json, string name) => json.TryGetProperty(name, out _);

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private static string? Finish(JsonElement chunk) =>
        chunk.GetProperty("choices")[0].GetProperty("finish_reason").GetString();
}
