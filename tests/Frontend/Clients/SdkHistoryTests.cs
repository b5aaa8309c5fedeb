using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>What a client got back is what it sends next: the answered message, as the client holds it, in front of one more question.</summary>
public sealed class SdkHistoryTests
{
    private const string Arguments = """{"city":"Paris"}""";

    private const string More = """{"role":"user","content":"And of Spain?"}""";

    private const string ToolsField = """
        "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},
                 {"type":"function","function":{"name":"tide","parameters":{"type":"object","properties":{}}}}]
        """;

    private static readonly ChatCompletionOptions Tools = new()
    {
        Tools =
        {
            ChatTool.CreateFunctionTool("weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")),
            ChatTool.CreateFunctionTool("tide", "Tells the tide.", BinaryData.FromString("""{"type":"object","properties":{}}""")),
        },
    };

    /// <summary>What the model that writes the answer gives at first.</summary>
    public static TheoryData<string, string> Answers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var alias in (string[])["council", "solo"])
            {
                foreach (var answer in (string[])["text", "refusal", "reasoning", "long"])
                {
                    data.Add(alias, answer);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task DotNet_AnswerSentBack_IsTaken(string alias, string answer)
    {
        await using var council = await AnsweringAsync(answer);
        var sdk = council.Gateway.Sdk(alias);
        List<ChatMessage> conversation = [new UserChatMessage("The capital of France?")];

        var first = (await sdk.CompleteChatAsync(conversation, cancellationToken: Now.Cancel)).Value;
        conversation.Add(new AssistantChatMessage(first));
        conversation.Add(new UserChatMessage("And of Spain?"));
        var second = (await sdk.CompleteChatAsync(conversation, cancellationToken: Now.Cancel)).Value;

        second.Content[0].Text.ShouldBe("Madrid.");
        ShouldHaveHeard(council, answer);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Node_AnswerSentBack_IsTaken(string alias, string answer)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        foreach (var streamed in (bool[])[false, true])
        {
            await using var council = await AnsweringAsync(answer);

            var result = await NodeSdk.HistoryAsync(council.Gateway.Endpoint, "any", Request(alias), streamed, More, Now.Cancel);

            result.Error.ShouldBeNull();
            result.Answers.Count.ShouldBe(2);
            result.Answers[1].GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("Madrid.");
            ShouldHaveHeard(council, answer);
        }
    }

    [Theory]
    [InlineData("solo", false)]
    [InlineData("solo", true)]
    [InlineData("council", false)]
    [InlineData("council", true)]
    public async Task DotNet_CallsSentBackWithTheirResults_AreTaken(string alias, bool streamed)
    {
        await using var council = await CallingAsync();
        var sdk = council.Gateway.Sdk(alias);
        List<ChatMessage> conversation = [new UserChatMessage("Weather and tide in Paris?")];

        var calls = streamed
            ? await StreamedCallsAsync(sdk, conversation)
            : (await sdk.CompleteChatAsync(conversation, Tools, Now.Cancel)).Value.ToolCalls;
        conversation.Add(new AssistantChatMessage(calls));
        conversation.AddRange(calls.Select(call => new ToolChatMessage(call.Id, "rain")));
        var second = (await sdk.CompleteChatAsync(conversation, Tools, Now.Cancel)).Value;

        calls.Select(call => call.FunctionName).ShouldBe(["weather", "tide"]);
        calls[0].FunctionArguments.ToString().ShouldBe(Arguments);
        second.Content[0].Text.ShouldBe("It rains.");
        ShouldHaveHeardTheCalls(council);
    }

    [Theory]
    [InlineData("solo", false)]
    [InlineData("solo", true)]
    [InlineData("council", false)]
    [InlineData("council", true)]
    public async Task Node_CallsSentBackWithTheirResults_AreTaken(string alias, bool streamed)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await CallingAsync();

        var result = await NodeSdk.HistoryAsync(council.Gateway.Endpoint, "any", Request(alias, $",{ToolsField}"), streamed, cancellationToken: Now.Cancel);

        result.Error.ShouldBeNull();
        result.Answers[0].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        result.Answers[0].GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").GetArrayLength().ShouldBe(2);
        result.Answers[1].GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("It rains.");
        ShouldHaveHeardTheCalls(council);
    }

    [Fact]
    public async Task Caller_AnswerWithoutContentSentBack_IsTaken()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Enqueue(StubReply.RawBody(
            200,
            """{"id":"x","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}""",
            "application/json")).Answers("Madrid.");
        var first = await council.Gateway.ChatAsync(Council.AskSolo);
        var message = first.Choice.GetProperty("message").GetRawText();

        var second = await council.Gateway.ChatAsync($$"""{"model":"solo","messages":[{"role":"user","content":"?"},{{message}},{{More}}]}""");

        second.Content.ShouldBe("Madrid.");
        council.Stub.Violations.ShouldBeEmpty();
    }

    private static async Task<Council> AnsweringAsync(string answer)
    {
        var council = await Council.StartAsync();
        var reply = answer switch
        {
            "refusal" => StubReply.Text("", refusal: "I will not say."),
            "reasoning" => StubReply.Text("Paris.", reasoning: "France, so"),
            "long" => StubReply.Text("Paris, Par", finishReason: "length"),
            _ => StubReply.Text("Paris. \ud83d\ude00 \"So\" \\ it is."),
        };
        string[] answering = answer == "refusal" ? [.. Council.Members, "solo"] : [Council.Judge, "solo"];
        council.Model(Council.Judge).Answers("Madrid.");
        foreach (var alias in answering)
        {
            council.Model(alias).Enqueue(reply).Answers("Madrid.");
        }

        return council;
    }

    private static void ShouldHaveHeard(Council council, string answer)
    {
        var messages = council.Stub.Requests[^1].Field("messages")!.Value;
        var sentBack = messages[1];
        sentBack.GetProperty("role").GetString().ShouldBe("assistant");
        if (answer == "refusal")
        {
            sentBack.GetRawText().ShouldContain("I will not say.");
        }
        else
        {
            sentBack.GetRawText().ShouldContain("Paris");
        }

        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    // The members of the council and the direct model alike.
    private static async Task<Council> CallingAsync()
    {
        var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote, Judge = null });
        var reply = StubReply.Dynamic(request => request.Field("messages")!.Value.EnumerateArray().Last().GetProperty("role").GetString() == "tool"
            ? StubReply.Text("It rains.")
            : TwoCalls(request.Stream));
        council.AllMembers(reply).Model("solo").Default = reply;
        return council;
    }

    private static StubReply TwoCalls(bool streamed) => streamed
        ? StubReply.Stream(
            StubStep.Raw("""{"id":"x","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"up-a","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}]}"""),
            StubStep.Raw("""{"id":"x","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Paris\"}"}}]},"finish_reason":null}]}"""),
            StubStep.Raw("""{"id":"x","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"up-b","type":"function","function":{"name":"tide","arguments":"{}"}}]},"finish_reason":null}]}"""),
            StubStep.Raw("""{"id":"x","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""),
            StubStep.Done())
        : StubReply.RawBody(
            200,
            """
            {"id":"x","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[
              {"id":"up-a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}},
              {"id":"up-b","type":"function","function":{"name":"tide","arguments":"{}"}}]}}],
             "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}
            """,
            "application/json");

    // Each result answers the call that it belongs to, as the provider reads them.
    private static void ShouldHaveHeardTheCalls(Council council)
    {
        var messages = council.Stub.Requests[^1].Field("messages")!.Value.EnumerateArray().ToArray();
        var calls = messages[1].GetProperty("tool_calls").EnumerateArray().ToArray();
        calls.Select(call => call.GetProperty("function").GetProperty("name").GetString()).ShouldBe(["weather", "tide"]);
        messages[2..].Select(message => message.GetProperty("tool_call_id").GetString()).ShouldBe(calls.Select(call => call.GetProperty("id").GetString()));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<ChatToolCall>> StreamedCallsAsync(ChatClient sdk, IEnumerable<ChatMessage> conversation)
    {
        var pieces = (await sdk.CompleteChatStreamingAsync(conversation, Tools, Now.Cancel).ToListAsync(Now.Cancel)).SelectMany(update => update.ToolCallUpdates);
        return
        [
            .. pieces.GroupBy(piece => piece.Index).Select(call => ChatToolCall.CreateFunctionToolCall(
                call.First().ToolCallId,
                call.First().FunctionName,
                BinaryData.FromString(string.Concat(call.Select(piece => piece.FunctionArgumentsUpdate?.ToString()))))),
        ];
    }

    private static string Request(string alias, string more = "") =>
        $$"""{"model":{{JsonSerializer.Serialize(alias)}},"messages":[{"role":"user","content":"The capital of France?"}]{{more}}}""";
}
