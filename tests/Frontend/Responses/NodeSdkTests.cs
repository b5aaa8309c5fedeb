using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Responses;

/// <summary>Clients for Node that use the Responses API by default: OpenAI's, its Agents SDK, the AI SDK.</summary>
public sealed class NodeSdkTests
{
    private const string Tools = """ "tools":[{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}] """;

    public NodeSdkTests() => Assert.SkipUnless(NodeDialects.Available(out var reason), reason);

    /// <summary>Whose answer is whose: a judge's, a vote's, a rung's, a model's.</summary>
    public static TheoryData<StrategyKind?> Kinds => [(StrategyKind?)StrategyKind.Synthesize, (StrategyKind?)StrategyKind.Vote, (StrategyKind?)StrategyKind.Cascade, (StrategyKind?)null];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task OpenAi_WholeAndStreamed_GiveTheSameAnswer(StrategyKind? strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy ?? StrategyKind.Vote);
        var request = $$"""{"model":"{{(strategy is null ? "solo" : "council")}}","input":"The capital of France?"}""";
        var text = strategy switch { null => "Paris, I think.", StrategyKind.Synthesize => "It is Paris.", _ => "Paris." };

        var whole = (await RunAsync(council, "openai", "whole", request)).ShouldHaveSingleItem();
        var helped = (await RunAsync(council, "openai", "helper", request)).ShouldHaveSingleItem();
        var events = await RunAsync(council, "openai", "stream", request);

        whole.Text("output_text").ShouldBe(text);
        helped.Text("output_text").ShouldBe(text);
        helped.Text("status").ShouldBe("completed");
        helped.GetProperty("usage").ShouldBeJson(whole.GetProperty("usage").GetRawText());
        events[^1].GetProperty("done").GetBoolean().ShouldBeTrue();
        events[^2].Text("type").ShouldBe("response.completed");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("loop", "council")]
    [InlineData("loop-streamed", "council")]
    [InlineData("loop", "solo")]
    [InlineData("loop-streamed", "solo")]
    public async Task OpenAi_ToolCall_TakesItsResult(string mode, string alias)
    {
        await using var council = await WithCallsAsync();

        var answers = await RunAsync(council, "openai", mode, $$"""{"model":"{{alias}}","input":"The weather in Paris?",{{Tools}}}""");

        answers[0].GetProperty("output")[0].Text("name").ShouldBe("weather");
        answers[1].Text("output_text").ShouldBe("It rains.");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, 400, "BadRequestError")]
    [InlineData(429, 429, "RateLimitError")]
    [InlineData(503, 502, "InternalServerError")]
    public async Task OpenAi_FailingModel_ThrowsItsClass(int upstream, int status, string name)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, "some_code", "No.");

        var error = (await RunAsync(council, "openai", "stream", """{"model":"solo","input":"q"}""")).ShouldHaveSingleItem().GetProperty("error");

        error.GetProperty("status").GetInt32().ShouldBe(status);
        error.Text("name").ShouldBe(name);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("helper")]
    public async Task OpenAi_StreamBreaks_Throws(string mode)
    {
        await using var council = await Council.StartAsync();
        council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        var lines = await RunAsync(council, "openai", mode, """{"model":"council","input":"q"}""");

        lines[^1].TryGetProperty("error", out _).ShouldBeTrue(lines[^1].GetRawText());
    }

    [Theory]
    [InlineData("council", "It is Paris.", 60)]
    [InlineData("solo", "Paris, I think.", 15)]
    public async Task AiSdk_TextWholeAndStreamed_ComesWithItsUsage(string alias, string text, int tokens)
    {
        await using var council = await Council.StartAsync();
        var request = $$"""{"model":"{{alias}}","prompt":"The capital of France?"}""";

        foreach (var mode in (string[])["text", "text-streamed"])
        {
            var answer = (await RunAsync(council, "ai", mode, request)).ShouldHaveSingleItem();

            answer.Text("text").ShouldBe(text, answer.GetRawText());
            answer.Text("finishReason").ShouldBe("stop");
            answer.GetProperty("usage").GetProperty("totalTokens").GetInt32().ShouldBe(tokens);
        }

        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task AiSdk_Object_IsHeldToItsSchema()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Text("""{"city":"Paris"}"""));
        council.Model(Council.Judge).Answers("""{"city":"Paris"}""");

        var answer = (await RunAsync(council, "ai", "object", """{"model":"council","prompt":"The capital of France?"}""")).ShouldHaveSingleItem();

        answer.GetProperty("object").ShouldBeJson("""{"city":"Paris"}""");
        council.Stub.Requests.ShouldAllBe(request => request.Field("response_format")!.Value.Text("type") == "json_schema");
    }

    [Theory]
    [InlineData("council")]
    [InlineData("solo")]
    public async Task AiSdk_Tools_RunsItsLoop(string alias)
    {
        await using var council = await WithCallsAsync();

        var answer = (await RunAsync(council, "ai", "tools", $$"""{"model":"{{alias}}","prompt":"The weather in Paris?"}""")).ShouldHaveSingleItem();

        answer.Text("text").ShouldBe("It rains.", answer.GetRawText());
        answer.GetProperty("steps").GetInt32().ShouldBe(2);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ai", "text", 429, 429)]
    [InlineData("ai", "text-streamed", 500, 502)]
    [InlineData("agents", "run", 400, 400)]
    public async Task OtherSdks_FailingModel_ThrowWithTheStatus(string client, string mode, int upstream, int status)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, null, "No.");

        var error = (await RunAsync(council, client, mode, """{"model":"solo","prompt":"q"}"""))[^1].GetProperty("error");

        error.GetProperty("status").GetInt32().ShouldBe(status, error.GetRawText());
    }

    [Theory]
    [InlineData("run", "council")]
    [InlineData("run-streamed", "council")]
    [InlineData("run", "solo")]
    [InlineData("run-streamed", "solo")]
    public async Task Agents_TenTurnsWithToolsAndAHandoff_EndWithTheAnswer(string mode, string alias)
    {
        await using var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        foreach (var model in Council.Members.Append("solo"))
        {
            council.Model(model).Default = StubReply.Dynamic(request => TurnOf(request) switch
            {
                4 => StubReply.ToolCall("transfer_to_expert", "{}"),
                < 9 and var turn => StubReply.ToolCall("weather", $$"""{"city":"Paris {{turn}}"}"""),
                _ => StubReply.Text("It rains."),
            });
        }

        var result = (await RunAsync(council, "agents", mode, $$"""{"model":"{{alias}}","prompt":"The weather in Paris?"}""")).ShouldHaveSingleItem();

        result.TryGetProperty("output", out var output).ShouldBeTrue(result.GetRawText());
        output.GetString().ShouldBe("It rains.");
        result.Text("agent").ShouldBe("expert");
        council.Stub.Requests.Count.ShouldBe(alias == "solo" ? 10 : 30);
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();

        static int TurnOf(StubRequest request) =>
            request.Field("messages")!.Value.EnumerateArray().Count(message => message.Text("role") == "tool");
    }

    [Fact]
    public async Task Agents_OverAJudge_RunTheirLoop()
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Tools = ToolsMode.Advise });
        council.Model(Council.Judge).Default = StubReply.Dynamic(request =>
            request.Field("messages")!.Value.EnumerateArray().Count(message => message.Text("role") == "tool") switch
            {
                < 3 and var turn => StubReply.ToolCall("weather", $$"""{"city":"Paris {{turn}}"}"""),
                _ => StubReply.Text("It rains."),
            });

        var result = (await RunAsync(council, "agents", "run-streamed", """{"model":"council","prompt":"The weather in Paris?"}""")).ShouldHaveSingleItem();

        result.TryGetProperty("output", out var output).ShouldBeTrue(result.GetRawText());
        output.GetString().ShouldBe("It rains.");
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    private static async Task<Council> WithCallsAsync()
    {
        var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        foreach (var model in Council.Members.Append("solo"))
        {
            council.Model(model).Default = StubReply.Dynamic(request =>
                request.Field("messages")!.Value.EnumerateArray().Any(message => message.Text("role") == "tool")
                    ? StubReply.Text("It rains.")
                    : StubReply.ToolCall("weather", """{"city":"Paris"}"""));
        }

        return council;
    }

    private static Task<IReadOnlyList<JsonElement>> RunAsync(Council council, string client, string mode, string request) =>
        NodeDialects.RunAsync(client, mode, council.Gateway.Endpoint, request, cancellationToken: Now.Cancel);
}
