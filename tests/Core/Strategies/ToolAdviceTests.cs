using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

/// <summary>Tools of a request in ensembles whose members advise: the model that writes the answer alone may call them.</summary>
public sealed class ToolAdviceTests
{
    private const string Advice = "I would ask for the weather in Paris, since it changes every day and nobody here can know it.";

    private const string Call = """[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]""";

    private const string TwoCalls =
        """[{"id":"c0","type":"function","function":{"name":"other","arguments":"{}"}},{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"tide","arguments":"{}"}}]""";

    private const string Tools =
        """[{"type":"function","function":{"name":"weather","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"tide"}}]""";

    private const string User = """{"role":"user","content":"The weather in Paris?"}""";

    private readonly RunBench _bench = new(Council(StrategyKind.Synthesize));

    public static TheoryData<StrategyKind, bool> Strategies => new(
        Enum.GetValues<StrategyKind>().SelectMany(strategy => new[] { (strategy, false), (strategy, true) }));

    public ToolAdviceTests() => All(Agent(Does.Call("", Call)));

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Execute_EachStrategy_TheWriterAloneCallsAndTheOthersAdvise(StrategyKind strategy, bool streamed)
    {
        _bench.Ensemble = Council(strategy);

        var outcome = await RunAsync(Request(User, streamed, """, "tool_choice":"auto","parallel_tool_calls":false"""));

        ShouldCall(outcome, streamed, "weather");
        var writer = _bench.Upstream.Calls.Where(call => Field(call, "tool_choice") == "\"auto\"").ToArray().ShouldHaveSingleItem();
        Field(writer, "tools").ShouldBe(JsonNode.Parse(Tools)!.ToJsonString());
        Field(writer, "parallel_tool_calls").ShouldBe("false");
        var advisers = _bench.Upstream.Calls.Where(call => Field(call, "tool_choice") == "\"none\"").ToArray();
        advisers.Length.ShouldBe(strategy switch
        {
            StrategyKind.Route => 0,
            StrategyKind.Verify => 1,
            StrategyKind.Cascade or StrategyKind.Specialist => 2,
            _ => 3,
        });
        advisers.ShouldAllBe(call => Field(call, "tools") != null && Field(call, "parallel_tool_calls") == null);
        if (strategy != StrategyKind.Route)
        {
            Encoding.UTF8.GetString(writer.Body).ShouldContain(Advice);
            outcome.Manifest.Decisions.ShouldContain(decision => decision.Step == "advice" && decision.Verdict == "asked");
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Execute_OncePerUserTurnInEachStrategy_ToolTurnsCostTheWriterAlone(StrategyKind strategy, bool streamed)
    {
        _bench.Ensemble = Council(strategy) with { Advice = AdviceFrequency.OncePerUserTurn };
        _bench.Advice = new MemoryAdviceStore(_bench.Time);
        var messages = User;
        RunOutcome outcome = null!;
        List<int> calls = [];
        for (var turn = 0; turn < 20; turn++)
        {
            var before = _bench.Upstream.Calls.Count;
            outcome = await RunAsync(Request(messages, streamed));
            ShouldCall(outcome, streamed, "weather");
            calls.Add(_bench.Upstream.Calls.Count - before);
            messages += ToolTurn(turn);
        }

        // A route without an audit has no panel, and asks its classifier for each request.
        calls.Skip(1).ShouldAllBe(count => count == (strategy == StrategyKind.Route ? 2 : 1));
        if (strategy == StrategyKind.Route)
        {
            return;
        }

        calls[0].ShouldBeGreaterThan(1);
        var decision = outcome.Manifest.Decisions.ShouldHaveSingleItem();
        (decision.Step, decision.Verdict, decision.Reason).ShouldBe(("advice", "kept", RunBench.Id.Value));
        _bench.Upstream.Calls.Count(call => Field(call, "tool_choice") == "\"none\"").ShouldBeLessThanOrEqualTo(3);

        // The judge reads of its second turn what it read of its first, and then what has come since.
        var writers = _bench.Upstream.Calls.Where(call => Field(call, "tool_choice") is null && Field(call, "tools") is not null)
            .Select(call => Encoding.UTF8.GetString(call.Body)).ToArray();
        writers.Length.ShouldBe(20);
        var first = Messages(writers[0]);
        Messages(writers[^1])[..first.Length].ShouldBe(first);
        Messages(writers[^1]).Length.ShouldBe(first.Length + (19 * 2));
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","content":"Remember the rules."},{"role":"user","content":"And the time."}""")]
    public async Task Execute_UserMessagesBehindAResult_ContinueItsTurn(string behind)
    {
        _bench.Ensemble = _bench.Ensemble with { Advice = AdviceFrequency.OncePerUserTurn };
        _bench.Advice = new MemoryAdviceStore(_bench.Time);
        await RunAsync(Request(User));
        var first = $"{User}{ToolTurn(0)},{behind}";

        var outcomes = new[] { await RunAsync(Request(first)), await RunAsync(Request(first + ToolTurn(1))) };

        outcomes.ShouldAllBe(outcome => outcome.Manifest.Decisions.Single().Verdict == "kept");
        (_bench.Upstream.CallsOf("a").Count, _bench.Upstream.CallsOf("judge").Count).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Execute_UserMessageAfterAnAnswer_BeginsATurn()
    {
        _bench.Ensemble = _bench.Ensemble with { Advice = AdviceFrequency.OncePerUserTurn };
        _bench.Advice = new MemoryAdviceStore(_bench.Time);
        await RunAsync(Request(User));

        await RunAsync(Request($"{User}{ToolTurn(0)},{{\"role\":\"assistant\",\"content\":\"It rains.\"}},{User}"));

        _bench.Upstream.CallsOf("a").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Execute_EveryRequest_AsksThePanelForEachToolTurn()
    {
        await RunAsync(Request(User));
        await RunAsync(Request(User + ToolTurn(0)));

        _bench.Upstream.CallsOf("a").Count.ShouldBe(2);
        _bench.Upstream.CallsOf("judge").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Execute_OncePerUserTurnWithoutTheAdvice_TheJudgeGoesOnAlone()
    {
        _bench.Ensemble = _bench.Ensemble with { Advice = AdviceFrequency.OncePerUserTurn };

        foreach (var store in (IAdviceStore[])[new MemoryAdviceStore(_bench.Time), new LostStore()])
        {
            _bench.Advice = store;
            var outcome = await RunAsync(Request(User + ToolTurn(0)));

            ShouldCall(outcome, streamed: false, "weather");
            outcome.Manifest.Decisions.ShouldHaveSingleItem().Verdict.ShouldBe("missing");
            Messages(Encoding.UTF8.GetString(_bench.Upstream.Calls[^1].Body)).Length.ShouldBe(3);
        }

        _bench.Upstream.Calls.ShouldAllBe(call => call.Model == "judge");
    }

    [Theory]
    [InlineData("""{"role":"user","content":"The weather in Lyon?"}""", null)]
    [InlineData(User, "another")]
    public async Task Execute_AdviceOfAnotherConversationOrCaller_IsNotUsed(string user, string? caller)
    {
        _bench.Ensemble = _bench.Ensemble with { Advice = AdviceFrequency.OncePerUserTurn };
        _bench.Advice = new MemoryAdviceStore(_bench.Time);
        await RunAsync(Request(User));

        var outcome = await RunAsync(Request(user + ToolTurn(0)), caller);

        outcome.Manifest.Decisions.ShouldHaveSingleItem().Verdict.ShouldBe("missing");
    }

    [Fact]
    public async Task Execute_CustomPromptAndAKeptAdvice_GoesOnBehindTheConversationInIt()
    {
        _bench.Ensemble = _bench.Ensemble with
        {
            Advice = AdviceFrequency.OncePerUserTurn,
            Judge = new JudgeConfig { Model = "judge", SynthesisPrompt = "{original_request}|{labeled_candidates}" },
        };
        _bench.Advice = new MemoryAdviceStore(_bench.Time);
        await RunAsync(Request(User));
        await RunAsync(Request(User + ToolTurn(0)));

        var sent = _bench.Upstream.CallsOf("judge").Select(call => Messages(Encoding.UTF8.GetString(call.Body))).ToArray();
        sent[0].Length.ShouldBe(1);
        sent[1].Length.ShouldBe(3);
        sent[1][0].ShouldBe(sent[0][0]);
        sent[1][2].ShouldContain("rain 0");
    }

    [Fact]
    public async Task Execute_MembersThatCallAllTheSame_TheirCallsAreTextForTheJudge()
    {
        All(Agent(Does.Call("", Call), advice: Does.Call("Let me look.", Call)));

        var outcome = await RunAsync(Request(User));

        ShouldCall(outcome, streamed: false, "weather");
        _bench.Upstream.Sent("judge")["messages"]![1]!["content"]!.GetValue<string>()
            .ShouldContain("Let me look.\nTool call: weather({\"city\":\"Paris\"})");
    }

    [Fact]
    public async Task Execute_JudgeThatNeedsNoTool_ItsTextIsTheAnswer()
    {
        All(Agent(Does.Say("It ", "rains.")));

        var outcome = await RunAsync(Request(User, streamed: true));

        outcome.Text.ShouldBe("It rains.");
        outcome.Answer!.FinishReason.ShouldBe("stop");
    }

    [Fact]
    public async Task Execute_VerifiedTextThatPasses_IsTheAnswerWithoutTheWriter()
    {
        _bench.Ensemble = Council(StrategyKind.Verify);
        All(Agent(Does.Call("", Call), pass: true));

        var outcome = await RunAsync(Request(User));

        outcome.Text.ShouldBe(Advice);
        _bench.Upstream.Calls.Count.ShouldBe(2);
        Encoding.UTF8.GetString(_bench.Upstream.CallsOf("judge")[0].Body).ShouldContain("tide, weather");
    }

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("""{"type":"function","function":{"name":"weather"}}""")]
    public async Task Execute_ForcedChoice_TextIsNoAnswerAndTheNextJudgeCalls(string choice)
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = new JudgeConfig { Model = "judge", Fallbacks = ["second"] } };
        All(Agent(Does.Call("", Call)));
        _bench.Upstream.On("judge", Agent(Does.Say("It ", "rains.")));

        foreach (var streamed in (bool[])[false, true])
        {
            var outcome = await RunAsync(Request(User, streamed, $""","tool_choice":{choice}"""));

            ShouldCall(outcome, streamed, "weather");
            outcome.Text.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Execute_ForcedChoiceThatTheStrategyCouldAnswerInText_IsNeverText()
    {
        _bench.Ensemble = Council(StrategyKind.Verify);
        All(Agent(Does.Say("no"), pass: true));

        var outcome = await RunAsync(Request(User, more: ""","tool_choice":"required" """));

        outcome.Failure.ShouldNotBeNull();
        _bench.Upstream.Calls.ShouldAllBe(call => !call.Model.Equals("judge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Execute_StreamedCalls_AreNumberedWithoutTheOneThatWasNotOffered()
    {
        All(Agent(Does.Call("", TwoCalls)));

        var outcome = await RunAsync(Request(User, streamed: true));

        var shown = outcome.Events.OfType<ChoicesDelta>().SelectMany(delta => Calls(delta.Choices, "delta")).ToArray();
        shown.Select(call => (call["index"]!.GetValue<int>(), call["function"]!["name"]!.GetValue<string>()))
            .ShouldBe([(0, "weather"), (1, "tide")]);
        shown.Select(call => call["id"]!.GetValue<string>()).ShouldAllBe(id => id.StartsWith("call_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Execute_JudgeThatCallsWhatWasNotOffered_IsFollowedByTheNext()
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = new JudgeConfig { Model = "judge", Fallbacks = ["second"] } };
        All(Agent(Does.Call("", Call)));
        _bench.Upstream.On("judge", Agent(Does.Call("", Call.Replace("weather", "other", StringComparison.Ordinal))));

        foreach (var streamed in (bool[])[false, true])
        {
            ShouldCall(await RunAsync(Request(User, streamed)), streamed, "weather");
        }
    }

    [Fact]
    public async Task Execute_JudgeThatFails_IsAFailureSinceAdviceIsNoAnswer()
    {
        All(Agent(Does.Fail(CallOutcome.ServerError, 500)));

        var outcome = await RunAsync(Request(User));

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.JudgeFailed);
        outcome.Degraded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_JudgeThatRefuses_ItsRefusalIsTheAnswer()
    {
        All(Agent(Does.Refuse("I will not.")));

        var outcome = await RunAsync(Request(User));

        outcome.Answer!.Refusal.ShouldBe("I will not.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_JudgeCutAtTheLengthLimit_EndsSo(bool streamed)
    {
        All(Agent(Does.Finish("length", "It rai")));
        (await RunAsync(Request(User, streamed))).Answer!.FinishReason.ShouldBe("length");

        All(Agent(Does.Finish("length", "")));
        (await RunAsync(Request(User, streamed))).Answer!.FinishReason.ShouldBe("length");
    }

    [Fact]
    public async Task Execute_ChoiceOfNone_TheStrategyDecidesAsItDoesWithoutTools()
    {
        _bench.Ensemble = Council(StrategyKind.Vote);
        All(Agent(Does.Say("judge"), advice: Does.Say("42")));

        var outcome = await RunAsync(Request(User, more: ""","tool_choice":"none" """));

        outcome.Text.ShouldBe("42");
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
        _bench.Upstream.Calls.ShouldAllBe(call => Field(call, "tools") != null);
    }

    [Fact]
    public async Task Execute_OneAnswerIsEnough_TheJudgeIsStillAsked()
    {
        _bench.Ensemble = _bench.Ensemble with { MinResponses = 1, StragglerGrace = StragglerGrace.All };
        _bench.Upstream.On("b", Does.Fail(CallOutcome.ServerError, 500)).On("c", Does.Fail(CallOutcome.ServerError, 500));

        ShouldCall(await RunAsync(Request(User)), streamed: false, "weather");
    }

    /// <summary>Each run is one of its own, that remembers nothing of those before.</summary>
    private async Task<RunOutcome> RunAsync(string json, string? caller = null)
    {
        _bench.Memory = new SubCallCache();
        return await _bench.Start(json, caller: caller).EndAsync();
    }

    private static EnsembleConfig Council(StrategyKind strategy) =>
        TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge") with { Tools = ToolsMode.Advise, StragglerGrace = StragglerGrace.All };

    /// <summary>Writes answers where it gets the tools, and advises elsewhere.</summary>
    private static Behaviour Agent(Behaviour writes, Behaviour? advice = null, bool pass = false) => (request, cancellationToken) =>
        (request.KeepCalls ? writes : advice ?? Does.Assist(Advice, pass: pass))(request, cancellationToken);

    private static string Request(string messages, bool streamed = false, string more = "") =>
        $$"""{"model":"panel","stream":{{(streamed ? "true" : "false")}},"tools":{{Tools}},"messages":[{{messages}}]{{more}}}""";

    private static string ToolTurn(int turn) =>
        $$$""",{"role":"assistant","content":null,"tool_calls":[{"id":"t{{{turn}}}","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"t{{{turn}}}","content":"rain {{{turn}}}"}""";

    private static string[] Messages(string body) =>
        [.. JsonNode.Parse(body)!["messages"]!.AsArray().Select(message => message!.ToJsonString())];

    private static string? Field(ScriptedCall call, string name) => JsonNode.Parse(call.Body)![name]?.ToJsonString();

    private static void ShouldCall(RunOutcome outcome, bool streamed, string tool)
    {
        outcome.Failure.ShouldBeNull();
        outcome.Answer!.FinishReason.ShouldBe("tool_calls");
        outcome.Answer.Choices.IsEmpty.ShouldBe(streamed);
        var call = (streamed
            ? outcome.Events.OfType<ChoicesDelta>().SelectMany(delta => Calls(delta.Choices, "delta"))
            : Calls(outcome.Answer.Choices, "message")).ShouldHaveSingleItem();
        call["function"]!["name"]!.GetValue<string>().ShouldBe(tool);
        call["id"]!.GetValue<string>().ShouldStartWith("call_");
    }

    private static IEnumerable<JsonNode> Calls(ReadOnlyMemory<byte> choices, string part) =>
        JsonNode.Parse(choices.Span)!.AsArray().SelectMany(choice => choice![part]!["tool_calls"]!.AsArray()).OfType<JsonNode>();

    private void All(Behaviour behaviour)
    {
        foreach (var model in (string[])["a", "b", "c", "judge", "second"])
        {
            _bench.Upstream.On(model, behaviour);
        }
    }

    /// <summary>Of a silo that is gone.</summary>
    private sealed class LostStore : IAdviceStore
    {
        public ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) => throw new TimeoutException();

        public ValueTask KeepAsync(string key, ReadOnlyMemory<byte> advice, CancellationToken cancellationToken) => throw new TimeoutException();
    }
}
