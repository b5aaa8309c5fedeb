using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Ensembles that vote on tool calls, as OpenAI's own clients see them.</summary>
public sealed class ToolVoteTests
{
    private const string Arguments = """{"city":"Paris"}""";

    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},
                 {"type":"function","function":{"name":"tide"}}]
        """;

    private const string Ask = $$"""{"model":"council","messages":[{"role":"user","content":"The weather in Paris?"}],{{Tools}}}""";

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    /// <summary>The strategies that count calls.</summary>
    public static TheoryData<StrategyKind> Strategies => [StrategyKind.Vote, StrategyKind.Adaptive, StrategyKind.Cascade];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task DotNet_Whole_GivesTheMajoritysCallAndTakesItsResult(StrategyKind strategy)
    {
        await using var council = await WithToolsAsync(strategy);
        var sdk = council.Gateway.Sdk("council");
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> conversation = [new UserChatMessage("The weather in Paris?")];

        var first = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;
        conversation.Add(new AssistantChatMessage(first));
        conversation.Add(new ToolChatMessage(first.ToolCalls[0].Id, "rain"));
        council.AllMembers(StubReply.Text("It rains."));
        var second = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;

        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        first.Content.ShouldBeEmpty();
        var call = first.ToolCalls.ShouldHaveSingleItem();
        (call.FunctionName, call.FunctionArguments.ToString()).ShouldBe(("weather", Arguments));
        call.Id.ShouldMatch("^call_[0-9A-Za-z_-]+$");
        second.Content[0].Text.ShouldBe("It rains.");
        second.FinishReason.ShouldBe(ChatFinishReason.Stop);
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task DotNet_Streamed_GivesTheCallWholeAndOneFinish(StrategyKind strategy)
    {
        await using var council = await WithToolsAsync(strategy);

        var updates = await council.Gateway.Sdk("council").CompleteChatStreamingAsync(
            [new UserChatMessage("The weather in Paris?")], new ChatCompletionOptions { Tools = { Weather } }, Now.Cancel).ToListAsync(Now.Cancel);

        var call = updates.SelectMany(update => update.ToolCallUpdates).ShouldHaveSingleItem();
        (call.Index, call.FunctionName, call.FunctionArgumentsUpdate.ToString()).ShouldBe((0, "weather", Arguments));
        call.ToolCallId.ShouldMatch("^call_[0-9A-Za-z_-]+$");
        updates[0].Role.ShouldBe(ChatMessageRole.Assistant);
        updates.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        updates.Count(update => update.Usage is not null).ShouldBe(1);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Node_WholeAndStreamed_GiveTheCall()
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await WithToolsAsync(StrategyKind.Vote);

        var whole = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", Ask, cancellationToken: Now.Cancel);
        var streamed = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", Ask, cancellationToken: Now.Cancel);

        whole.Error.ShouldBeNull();
        var choice = whole.Answers[0].GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        ShouldBeTheCall(choice.GetProperty("message").GetProperty("tool_calls")[0]);
        streamed.Error.ShouldBeNull();
        streamed.Done.ShouldBeTrue();
        ShouldBeTheCall(streamed.Answers[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("tool_calls")[0]);
        streamed.Answers[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Node_HelperForStreams_SaysThatTheCallIsDone()
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await WithToolsAsync(StrategyKind.Vote);

        var result = await NodeSdk.CollectAsync(council.Gateway.Endpoint, "any", Ask, cancellationToken: Now.Cancel);

        result.Error.ShouldBeNull();
        result.Answers.Select(line => line.GetProperty("arguments").GetString()).ShouldBe([Arguments]);
    }

    [Fact]
    public async Task Stream_IsTheCallsAndThenTheFinish()
    {
        await using var council = await WithToolsAsync(StrategyKind.Vote);
        council.AllMembers(TwoCalls);

        using var stream = await council.Gateway.StreamAsync(Ask.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal));
        var lines = await stream.RestAsync();
        var whole = await council.Gateway.ChatAsync(Ask);

        var choices = EventStream.Chunks(lines).Select(chunk => chunk.GetProperty("choices")[0]).ToArray();
        choices.Length.ShouldBe(2);
        lines[^1].ShouldBe("data: [DONE]");
        var calls = choices[0].GetProperty("delta").GetProperty("tool_calls").EnumerateArray().ToArray();
        calls.Select(call => call.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        calls.Select(call => call.GetProperty("id").GetString()).Distinct().Count().ShouldBe(2);
        choices[0].GetProperty("finish_reason").ValueKind.ShouldBe(JsonValueKind.Null);
        choices[1].GetProperty("delta").EnumerateObject().ShouldBeEmpty();
        choices[1].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        whole.Choice.GetProperty("message").GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        whole.Choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray()
            .Select(call => call.GetProperty("function").GetProperty("name").GetString()).ShouldBe(["weather", "tide"]);
        whole.Everything.ShouldNotContain("provider_extra");
        Council.ShouldNameNobody(whole.Everything + string.Join('\n', lines));
    }

    [Fact]
    public async Task NextTurn_TheModelThatMadeTheCalls_GetsItsIdsBackAndTheOthersIdsThatAllTake()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote, Judge = null, MinResponses = 3 });
        council.AllMembers(TwoCalls);
        var message = (await council.Gateway.ChatAsync(Ask)).Choice.GetProperty("message");
        var given = message.GetProperty("tool_calls").EnumerateArray().Select(call => call.GetProperty("id").GetString()).ToArray();
        council.AllMembers(StubReply.Text("It rains."));

        var answer = await council.Gateway.ChatAsync($$"""
            {"model":"council",{{Tools}},"messages":[{"role":"user","content":"The weather in Paris?"},{{message.GetRawText()}},
             {"role":"tool","tool_call_id":"{{given[0]}}","content":"rain"},{"role":"tool","tool_call_id":"{{given[1]}}","content":"high"}]}
            """);

        answer.Content.ShouldBe("It rains.");
        var sent = council.Stub.Requests.Select(request => (request.Model, Messages: request.Field("messages")!.Value))
            .Where(request => request.Messages.GetArrayLength() == 4).ToDictionary(request => request.Model, request => Ids(request.Messages));
        sent["vendor-quokka"].ShouldBe(["stub-a", "stub-b", "stub-a", "stub-b"]);
        sent["vendor-numbat"].ShouldAllBe(id => id.Length == 9 && id.All(char.IsAsciiLetterOrDigit));
        sent["vendor-numbat"][..2].ShouldBe(sent["vendor-numbat"][2..]);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Majority_ThatCallsNothing_IsItsText()
    {
        await using var council = await WithToolsAsync(StrategyKind.Vote);
        council.Model("quokka").Default = StubReply.Text("It rains.");
        council.Model("numbat").Default = StubReply.Text("It rains.");

        var answer = await council.Gateway.ChatAsync(Ask);

        answer.Content.ShouldBe("It rains.");
        answer.Choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
    }

    [Theory]
    [InlineData("""{"model":"council","messages":[{"role":"user","content":"?"}],"tool_choice":"required"}""", "tool_choice", null)]
    [InlineData("""{"model":"council","messages":[{"role":"user","content":"?"}],"functions":[{"name":"f"}]}""", "functions", "unsupported_by_ensemble")]
    public async Task Request_ThatCannotBeVotedOn_Is400AndNobodyIsCalled(string ask, string param, string? code)
    {
        await using var council = await WithToolsAsync(StrategyKind.Vote);

        var answer = await council.Gateway.ChatAsync(ask);

        answer.ShouldBeError(400, "invalid_request_error", code, param);
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_ForcedChoice_ReachesEveryMember()
    {
        await using var council = await WithToolsAsync(StrategyKind.Vote);

        await council.Gateway.ChatAsync(Ask.Replace("{\"model\"", "{\"tool_choice\":\"required\",\"parallel_tool_calls\":false,\"model\"", StringComparison.Ordinal));

        council.Stub.Requests.Count.ShouldBe(3);
        council.Stub.Requests.ShouldAllBe(request =>
            request.Field("tools")!.Value.GetArrayLength() == 2
            && request.Field("tool_choice")!.Value.GetString() == "required"
            && !request.Field("parallel_tool_calls")!.Value.GetBoolean());
        council.Stub.Violations.ShouldBeEmpty();
    }

    private static StubReply TwoCalls => StubReply.RawBody(
        200,
        """
        {"id":"x","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
         "provider_extra":1,"tool_calls":[
          {"id":"stub-a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}},
          {"id":"stub-b","type":"function","function":{"name":"tide","arguments":"{}"}}]}}],
         "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}
        """,
        "application/json");

    private static async Task<Council> WithToolsAsync(StrategyKind strategy)
    {
        var council = await StrategyCouncil.StartAsync(strategy, shape: ensemble => ensemble with { Tools = ToolsMode.Vote, Judge = null });
        council.AllMembers(StubReply.ToolCall("weather", Arguments));
        council.Model("wombat").Default = StubReply.ToolCall("weather", """{"city":"Lyon"}""");
        return council;
    }

    private static string[] Ids(JsonElement messages) =>
    [
        .. messages[1].GetProperty("tool_calls").EnumerateArray().Select(call => call.GetProperty("id").GetString()!),
        messages[2].GetProperty("tool_call_id").GetString()!,
        messages[3].GetProperty("tool_call_id").GetString()!,
    ];

    private static void ShouldBeTheCall(JsonElement call)
    {
        call.GetProperty("id").GetString()!.ShouldMatch("^call_[0-9A-Za-z_-]+$");
        call.GetProperty("type").GetString().ShouldBe("function");
        call.GetProperty("function").GetProperty("name").GetString().ShouldBe("weather");
        call.GetProperty("function").GetProperty("arguments").GetString().ShouldBe(Arguments);
    }
}
