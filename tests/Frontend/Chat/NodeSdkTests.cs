using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>OpenAI's own client for Node, unchanged.</summary>
public sealed class NodeSdkTests
{
    public NodeSdkTests() => Assert.SkipUnless(NodeSdk.Available(out var reason), reason);

    [Theory]
    [InlineData("council", "It is Paris.", 60)]
    [InlineData("solo", "Paris, I think.", 15)]
    public async Task WholeAndStream_GiveTheSameAnswer(string alias, string text, int tokens)
    {
        await using var council = await Council.StartAsync();
        var request = Request(alias, "\"stream_options\":{\"include_usage\":true}");

        var whole = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", Request(alias), cancellationToken: Now.Cancel);
        var streamed = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", request, cancellationToken: Now.Cancel);

        whole.Error.ShouldBeNull();
        whole.Content.ShouldBe(text);
        whole.Answers[0].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(tokens);
        streamed.Error.ShouldBeNull();
        streamed.Done.ShouldBeTrue();
        streamed.Content.ShouldBe(text);
        streamed.Answers[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(tokens);
        streamed.Answers[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        streamed.Answers.ShouldAllBe(chunk => chunk.GetProperty("model").GetString() == alias);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, 400, "BadRequestError")]
    [InlineData(422, 422, "UnprocessableEntityError")]
    [InlineData(429, 429, "RateLimitError")]
    [InlineData(503, 502, "InternalServerError")]
    public async Task Whole_FailingModel_ThrowsItsClass(int upstream, int status, string name)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, "some_code", "No.");

        var result = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", Request("solo"), cancellationToken: Now.Cancel);

        var error = result.Error.ShouldNotBeNull();
        error.GetProperty("status").GetInt32().ShouldBe(status);
        error.GetProperty("name").GetString().ShouldBe(name);
    }

    [Fact]
    public async Task Whole_LastingFailure_IsNotRepeatedByTheClient()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(401, "invalid_api_key", "No.");

        var result = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", Request("solo"), maxRetries: 2, cancellationToken: Now.Cancel);

        result.Error.ShouldNotBeNull().GetProperty("status").GetInt32().ShouldBe(502);
        council.Stub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task Stream_BreaksAmidTheAnswer_Throws(string alias, string breaking)
    {
        await using var council = await Council.StartAsync();
        council.Model(breaking).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        var result = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", Request(alias), cancellationToken: Now.Cancel);

        result.Error.ShouldNotBeNull();
        result.Done.ShouldBeFalse();
        result.Content.ShouldBe("It is");
    }

    [Fact]
    public async Task Stream_ToolCall_ComesUnderAnIdOfOurs()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");
        var request = Request("solo", """
            "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{}}}}]
            """);

        var result = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", request, cancellationToken: Now.Cancel);

        result.Done.ShouldBeTrue();
        var calls = (from chunk in result.Answers
                     from choice in chunk.GetProperty("choices").EnumerateArray()
                     where choice.GetProperty("delta").TryGetProperty("tool_calls", out _)
                     select choice.GetProperty("delta").GetProperty("tool_calls")[0]).ToArray();
        calls[0].GetProperty("id").GetString()!.ShouldMatch("^call_[0-9A-Za-z_-]+$");
        string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString())).ShouldBe("""{"city":"Paris"}""");
    }

    private static string Request(string alias, string more = "\"temperature\":0.5") =>
        $$"""{"model":{{JsonSerializer.Serialize(alias)}},"messages":[{"role":"user","content":"The capital of France?"}],{{more}}}""";
}
