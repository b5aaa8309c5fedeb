using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Agents' loops over ensembles whose members advise, as OpenAI's own client runs them.</summary>
public sealed class ToolAdviceTests
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]
        """;

    private const string Ask = $$"""{"model":"council","messages":[{"role":"user","content":"The weather in Paris?"}],{{Tools}}}""";

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    /// <summary>The strategies of which the two kinds of loops are run.</summary>
    public static TheoryData<StrategyKind, bool> Loops => new(
        new[] { StrategyKind.Synthesize, StrategyKind.BestOf, StrategyKind.Cascade, StrategyKind.Vote }
            .SelectMany(strategy => new[] { (strategy, false), (strategy, true) }));

    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task DotNet_LoopOfTenTurns_EndsWithTheAnswer(StrategyKind strategy, bool streamed)
    {
        await using var council = await StartAsync(strategy, turns: 10);

        var (turns, text) = await LoopAsync(council.Gateway.Sdk("council"), streamed);

        (turns, text).ShouldBe((10, "It rains."));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DotNet_TwentyToolTurnsOncePerUserTurn_PayForThePanelOnce(bool streamed)
    {
        await using var council = await StartAsync(StrategyKind.Synthesize, turns: 19, ensemble => ensemble with { Advice = AdviceFrequency.OncePerUserTurn });

        var (turns, text) = await LoopAsync(council.Gateway.Sdk("council"), streamed);

        (turns, text).ShouldBe((19, "It rains."));
        foreach (var member in Council.Members)
        {
            Requests(council, member).Length.ShouldBe(1);
        }

        var judges = Requests(council, Council.Judge);
        judges.Length.ShouldBe(20);

        // What repeats is the same from byte to byte, so that a provider's cache has it.
        var first = Messages(judges[0]);
        Messages(judges[^1])[..first.Length].ShouldBe(first);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Conversation_WithCallsAndResults_GoesThroughEachStrategy(StrategyKind strategy)
    {
        await using var council = await StartAsync(strategy, turns: 1);
        var sdk = council.Gateway.Sdk("council");

        var (turns, text) = await LoopAsync(sdk, streamed: false);
        var (again, streamed) = await LoopAsync(sdk, streamed: true);

        (turns, text, again, streamed).ShouldBe((1, "It rains.", 1, "It rains."));
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("claude", false)]
    [InlineData("claude", true)]
    [InlineData("gpt", false)]
    [InlineData("gpt", true)]
    public async Task Dialects_AsMembersAndJudge_RunTheLoop(string judge, bool streamed)
    {
        await using var anthropic = await UpstreamStub.StartAsync(new StubOptions { Dialect = StubDialect.Anthropic });
        await using var openAi = await UpstreamStub.StartAsync();
        anthropic.Model("claude").Default = StubReply.Dynamic(request => Agent(request, 2));
        openAi.Model("gpt").Default = StubReply.Dynamic(request => Agent(request, 2));
        await using var gateway = await Gateway.StartAsync(new StaticCatalog(new CatalogBuilder()
            .Add(TestModels.Anthropic("claude", anthropic.BaseUrl), TestModels.OpenAi("gpt", openAi.BaseUrl), TestModels.Simulated("sim"))
            .Add(TestEnsembles.Of("council", ["claude", "gpt", "sim"], judge, minResponses: 3) with { Tools = ToolsMode.Advise })
            .Build()), configure: services => services.AddSingleton<ISecrets>(new SecretResolver(TimeProvider.System, _ => "sk-ant-1")));

        var (turns, text) = await LoopAsync(gateway.Sdk("council"), streamed);

        (turns, text).ShouldBe((2, "It rains."));
        anthropic.Violations.ShouldBeEmpty();
        openAi.Violations.ShouldBeEmpty();
        anthropic.Requests.Count(request => ChoiceOf(request) == "none").ShouldBe(3);
        openAi.Requests.Count(request => ChoiceOf(request) == "none").ShouldBe(3);
    }

    [Fact]
    public async Task SimulatedPanel_AnswersAndCallsWhereItMust()
    {
        await using var gateway = await Gateway.StartAsync(BuiltInCatalog.Open());
        var sdk = gateway.Sdk("council");

        var free = (await sdk.CompleteChatAsync([new UserChatMessage("What is 6 * 7?")], new ChatCompletionOptions { Tools = { Weather } }, Now.Cancel)).Value;
        var forced = new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        var whole = (await sdk.CompleteChatAsync([new UserChatMessage("The weather in Paris?")], forced, Now.Cancel)).Value;
        var streamed = await sdk.CompleteChatStreamingAsync([new UserChatMessage("The weather in Paris?")], forced, Now.Cancel).ToListAsync(Now.Cancel);

        free.Content[0].Text.ShouldNotBeEmpty();
        free.FinishReason.ShouldBe(ChatFinishReason.Stop);
        whole.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        whole.ToolCalls.ShouldHaveSingleItem().FunctionName.ShouldBe("weather");
        var calls = streamed.SelectMany(update => update.ToolCallUpdates).ToArray();
        calls.Length.ShouldBeGreaterThan(1, "a call streams as it comes");
        calls[0].FunctionName.ShouldBe("weather");
        using var arguments = JsonDocument.Parse(string.Concat(calls.Select(call => call.FunctionArgumentsUpdate?.ToString())));
        streamed.Last(update => update.FinishReason is not null).FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
    }

    [Fact]
    public async Task Stream_OfAJudgesCall_ComesAsItComes()
    {
        await using var council = await StartAsync(StrategyKind.Synthesize, turns: 1);

        using var stream = await council.Gateway.StreamAsync(Ask.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal));
        var lines = await stream.RestAsync();

        var choices = EventStream.Chunks(lines).Select(chunk => chunk.GetProperty("choices")[0]).ToArray();
        choices.Length.ShouldBeGreaterThan(2);
        choices[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
        choices[0].GetProperty("delta").GetProperty("tool_calls")[0].GetProperty("id").GetString()!.ShouldStartWith("call_");
        choices[^1].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        choices.SkipLast(1).ShouldAllBe(choice => choice.GetProperty("finish_reason").ValueKind == JsonValueKind.Null);
        lines[^1].ShouldBe("data: [DONE]");
        Council.ShouldNameNobody(string.Join('\n', lines));
    }

    [Fact]
    public async Task DryRun_WithTools_PlansTheJudgeAndForTheResultOfAToolTheJudgeAlone()
    {
        await using var council = await StartAsync(StrategyKind.BestOf, turns: 1, ensemble => ensemble with { Advice = AdviceFrequency.OncePerUserTurn });
        var result = Ask.Replace("}],\"tools\"", """},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"rain"}],"tools" """.Trim(), StringComparison.Ordinal);

        (await StepsAsync(council, Ask)).ShouldBe(["candidate", "candidate", "candidate", "synthesis"]);
        (await StepsAsync(council, result)).ShouldBe(["synthesis"]);
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"functions\":[{\"name\":\"f\"}]", "functions")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    public async Task Request_OfALegacyFieldOrAChoiceOfNothing_Is400(string field, string param)
    {
        await using var council = await StartAsync(StrategyKind.Synthesize, turns: 1);

        var answer = await council.Gateway.ChatAsync($$"""{"model":"council","messages":[{"role":"user","content":"?"}],{{field}}}""");

        answer.ShouldBeError(400, "invalid_request_error", param == "functions" ? "unsupported_by_ensemble" : null, param);
    }

    private static async Task<string?[]> StepsAsync(Council council, string ask)
    {
        var plan = await council.Gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions?dry_run=true", ask, null);
        return [.. plan.Json.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("step").GetString())];
    }

    /// <summary>Answers calls until there is a text.</summary>
    private static async Task<(int Turns, string Text)> LoopAsync(ChatClient sdk, bool streamed)
    {
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> conversation = [new UserChatMessage("The weather in Paris?")];
        for (var turn = 0; turn < 30; turn++)
        {
            var (message, calls) = streamed ? await StreamedAsync(sdk, conversation, options) : await WholeAsync(sdk, conversation, options);
            if (calls.Count == 0)
            {
                return (turn, message.Content[0].Text);
            }

            conversation.Add(message);
            foreach (var call in calls)
            {
                call.FunctionName.ShouldBe("weather");
                call.FunctionArguments.ToString().ShouldBe("""{"city":"Paris"}""");
                conversation.Add(new ToolChatMessage(call.Id, $"rain {turn}"));
            }
        }

        throw new InvalidOperationException("The loop does not end.");
    }

    private static async Task<(AssistantChatMessage Message, IReadOnlyList<ChatToolCall> Calls)> WholeAsync(
        ChatClient sdk, List<ChatMessage> conversation, ChatCompletionOptions options)
    {
        var completion = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;
        completion.FinishReason.ShouldBe(completion.ToolCalls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop);
        return (new AssistantChatMessage(completion), completion.ToolCalls);
    }

    private static async Task<(AssistantChatMessage Message, IReadOnlyList<ChatToolCall> Calls)> StreamedAsync(
        ChatClient sdk, List<ChatMessage> conversation, ChatCompletionOptions options)
    {
        var text = new StringBuilder();
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        await foreach (var update in sdk.CompleteChatStreamingAsync(conversation, options, Now.Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            foreach (var piece in update.ToolCallUpdates)
            {
                var call = calls.TryGetValue(piece.Index, out var known) ? known : ("", "", new StringBuilder());
                call.Item3.Append(piece.FunctionArgumentsUpdate?.ToString());
                calls[piece.Index] = (piece.ToolCallId ?? call.Item1, piece.FunctionName ?? call.Item2, call.Item3);
            }
        }

        ChatToolCall[] made = [.. calls.Values.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments.ToString())))];
        return (made.Length > 0 ? new AssistantChatMessage(made) : new AssistantChatMessage(text.ToString()), made);
    }

    /// <param name="turns">Turns in which a model that may call tools does so.</param>
    private static async Task<Council> StartAsync(StrategyKind strategy, int turns, Func<EnsembleConfig, EnsembleConfig>? shape = null)
    {
        var council = await StrategyCouncil.StartAsync(strategy, shape: ensemble =>
        {
            ensemble = ensemble with { Analysis = false, Tools = strategy == StrategyKind.Vote ? ToolsMode.Vote : ToolsMode.Advise };
            return shape?.Invoke(ensemble) ?? ensemble;
        });
        foreach (var model in (string[])[.. Council.Members, Council.Judge])
        {
            council.Model(model).Default = StubReply.Dynamic(request => Agent(request, turns));
        }

        return council;
    }

    private static StubReply Agent(StubRequest request, int turns)
    {
        if (request.Field("tools") is null)
        {
            // Audits reject, so that the model that may call tools is asked.
            return AssistantAnswers.Of("no tools", passes: false);
        }

        if (ChoiceOf(request) == "none")
        {
            return StubReply.Text("I would ask for the weather in Paris, for it changes from day to day, and nobody knows it by heart.");
        }

        return Encoding.UTF8.GetString(request.Body).Contains($"rain {turns - 1}", StringComparison.Ordinal)
            ? StubReply.Text("It rains.")
            : StubReply.ToolCall("weather", """{"city":"Paris"}""");
    }

    private static string? ChoiceOf(StubRequest request) => request.Field("tool_choice") switch
    {
        { ValueKind: JsonValueKind.String } word => word.GetString(),
        { ValueKind: JsonValueKind.Object } choice => choice.GetProperty("type").GetString(),
        _ => null,
    };

    private static StubRequest[] Requests(Council council, string alias) =>
        [.. council.Stub.Requests.Where(request => request.Model == $"vendor-{alias}")];

    private static string[] Messages(StubRequest request) =>
        [.. request.Field("messages")!.Value.EnumerateArray().Select(message => message.GetRawText())];
}
