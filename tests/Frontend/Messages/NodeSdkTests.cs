using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Messages;

/// <summary>Anthropic's own client for Node, unchanged.</summary>
public sealed class NodeSdkTests
{
    private const string Tools = """ "tools":[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}] """;

    public NodeSdkTests() => Assert.SkipUnless(NodeDialects.Available(out var reason), reason);

    [Theory]
    [InlineData("council", StrategyKind.Synthesize, "It is Paris.")]
    [InlineData("council", StrategyKind.Vote, "Paris.")]
    [InlineData("council", StrategyKind.Cascade, "Paris.")]
    [InlineData("solo", StrategyKind.Vote, "Paris, I think.")]
    public async Task WholeAndStreamed_GiveTheSameAnswer(string alias, StrategyKind strategy, string text)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        var request = Ask(alias);

        var whole = (await RunAsync(council, "whole", request)).ShouldHaveSingleItem();
        var helped = (await RunAsync(council, "helper", request)).ShouldHaveSingleItem();
        var events = await RunAsync(council, "stream", request);

        whole.GetProperty("content")[0].Text("text").ShouldBe(text);
        helped.GetProperty("content")[0].Text("text").ShouldBe(text);
        helped.Text("stop_reason").ShouldBe("end_turn");
        foreach (var count in (string[])["input_tokens", "output_tokens"])
        {
            helped.GetProperty("usage").GetProperty(count).GetInt32().ShouldBe(whole.GetProperty("usage").GetProperty(count).GetInt32());
        }

        events[^1].GetProperty("done").GetBoolean().ShouldBeTrue();
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("loop", "council")]
    [InlineData("loop-streamed", "council")]
    [InlineData("loop", "solo")]
    [InlineData("loop-streamed", "solo")]
    public async Task ToolCall_TakesItsResult(string mode, string alias)
    {
        await using var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        foreach (var model in Council.Members.Append("solo"))
        {
            council.Model(model).Default = StubReply.Dynamic(request =>
                request.Field("messages")!.Value.EnumerateArray().Any(message => message.Text("role") == "tool")
                    ? StubReply.Text("It rains.")
                    : StubReply.ToolCall("weather", """{"city":"Paris"}"""));
        }

        var answers = await RunAsync(council, mode, Ask(alias, Tools));

        answers[0].Text("stop_reason").ShouldBe("tool_use");
        answers[0].GetProperty("content")[0].GetProperty("input").Text("city").ShouldBe("Paris");
        answers[1].GetProperty("content")[0].Text("text").ShouldBe("It rains.");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("whole", 400, 400, "BadRequestError")]
    [InlineData("stream", 429, 429, "RateLimitError")]
    [InlineData("helper", 503, 502, "InternalServerError")]
    public async Task FailingModel_ThrowsItsClass(string mode, int upstream, int status, string name)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, "some_code", "No.");

        var error = (await RunAsync(council, mode, Ask("solo"))).ShouldHaveSingleItem().GetProperty("error");

        error.GetProperty("status").GetInt32().ShouldBe(status);
        error.Text("name").ShouldBe(name);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("helper")]
    public async Task StreamBreaks_Throws(string mode)
    {
        await using var council = await Council.StartAsync();
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        var lines = await RunAsync(council, mode, Ask("council"));

        lines[^1].TryGetProperty("error", out _).ShouldBeTrue(lines[^1].GetRawText());
    }

    [Fact]
    public async Task Count_GivesANumber()
    {
        await using var council = await Council.StartAsync();

        var count = (await RunAsync(council, "count", """{"model":"council","messages":[{"role":"user","content":"Hello, world!"}]}""")).ShouldHaveSingleItem();

        count.GetProperty("input_tokens").GetInt32().ShouldBe(10);
    }

    private static string Ask(string alias, string more = "\"metadata\":{}") =>
        $$"""{"model":"{{alias}}","max_tokens":100,"messages":[{"role":"user","content":"The capital of France?"}],{{more}}}""";

    private static Task<IReadOnlyList<JsonElement>> RunAsync(Council council, string mode, string request) =>
        NodeDialects.RunAsync("anthropic", mode, council.Gateway.Endpoint, request, cancellationToken: Now.Cancel);
}
