using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

/// <summary>What an answer is read as is decided by the request: models also call tools that nobody offered, and answer in other formats.</summary>
public sealed class RequestDecidesTests
{
    private const string Call = """[{"id":"c1","type":"function","function":{"name":"calc","arguments":"{}"}}]""";
    private const string WithTools = """{"model":"panel","tools":[{"type":"function","function":{"name":"weather"}}],"messages":[{"role":"user","content":"?"}]}""";

    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Vote, "panel", ["a", "b", "c"], "judge"));

    private static string Json(bool streamed) =>
        $$"""{"model":"panel","stream":{{(streamed ? "true" : "false")}},"response_format":{"type":"json_object"},"messages":[{"role":"user","content":"?"}]}""";

    private static string Choosing(string choice) =>
        WithTools.Replace("[{\"type\"", "[{\"type\":\"function\",\"function\":{\"name\":\"calc\"}},{\"type\"", StringComparison.Ordinal)
            .Replace("\"messages\"", $"\"tool_choice\":{choice},\"messages\"", StringComparison.Ordinal);

    [Fact]
    public async Task Execute_MembersCallToolsThatNobodyOffered_TheirTextCounts()
    {
        All(Does.Call("The answer is 5.", Call));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("The answer is 5.");
        outcome.Answer!.FinishReason.ShouldBe("stop");
    }

    [Fact]
    public async Task Execute_MembersOnlyCallToolsThatNobodyOffered_AreBlank()
    {
        All(Does.Call("", Call));

        var outcome = await _bench.RunAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        outcome.Manifest.SubCalls.ShouldAllBe(call => call.Usage.Outcome == CallOutcome.Blank || call.Usage.Outcome == CallOutcome.Cancelled);
    }

    [Theory]
    [InlineData(WithTools)]
    [InlineData("""{"model":"panel","tools":[{"type":"function","function":{"name":"calc"}}],"tool_choice":"none","messages":[{"role":"user","content":"?"}]}""")]
    public async Task Execute_ToolsThatWereNotOffered_TheirTextCounts(string request)
    {
        _bench.Ensemble = _bench.Ensemble with { Tools = ToolsMode.Vote };
        All(Does.Call("The answer is 5.", Call));

        (await _bench.RunAsync(request)).Text.ShouldBe("The answer is 5.");
    }

    [Theory]
    [InlineData("\"required\"", "calc", true)]
    [InlineData("\"required\"", "other", false)]
    [InlineData("""{"type":"function","function":{"name":"calc"}}""", "calc", true)]
    [InlineData("""{"type":"function","function":{"name":"weather"}}""", "calc", false)]
    [InlineData("""{"type":"function","name":"weather"}""", "calc", false)]
    [InlineData("""{"type":"custom","custom":{"name":"weather"}}""", "calc", false)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"weather"}}]}}""", "calc", false)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"calc"}}]}}""", "calc", true)]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"weather"}]}""", "calc", false)]
    [InlineData("""{"type":"none"}""", "calc", false)]
    [InlineData("""{"type":"somebodys_own"}""", "calc", true)]
    [InlineData("7", "calc", true)]
    public async Task Execute_CallsOfToolsThatTheChoiceLeavesOut_AreNone(string choice, string called, bool counts)
    {
        _bench.Ensemble = _bench.Ensemble with { Tools = ToolsMode.Vote };
        All(Does.Call("", Call.Replace("calc", called, StringComparison.Ordinal)));

        var outcome = await _bench.RunAsync(Choosing(choice));

        (outcome.Answer?.FinishReason == "tool_calls").ShouldBe(counts);
        outcome.Manifest.SubCalls.ShouldAllBe(call => counts || call.Usage.Outcome == CallOutcome.Blank || call.Usage.Outcome == CallOutcome.Cancelled);
    }

    [Theory]
    [InlineData("\"required\"", true)]
    [InlineData("""{"type":"function","function":{"name":"calc"}}""", true)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"calc"}}]}}""", true)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"calc"}}]}}""", false)]
    [InlineData("\"auto\"", false)]
    public async Task Execute_TextWhereACallIsDemanded_DoesNotCount(string choice, bool isDemanded)
    {
        _bench.Ensemble = _bench.Ensemble with { Tools = ToolsMode.Vote };
        All(Does.Say("The answer is 5.")).On("c", Does.Call("", Call));

        var outcome = await _bench.RunAsync(Choosing(choice));

        if (isDemanded)
        {
            outcome.Manifest.SubCalls.Count(call => call.Usage.Outcome == CallOutcome.WrongFormat).ShouldBe(2);
            outcome.Failure?.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        }
        else
        {
            outcome.Text.ShouldBe("The answer is 5.");
        }
    }

    [Theory]
    [InlineData("[{}]")]
    [InlineData("[null]")]
    [InlineData("""[{"function":{"name":"","arguments":""}}]""")]
    [InlineData("""[{"function":{"name":7}}]""")]
    [InlineData("""[{"function":{"name":"weather"}},{"function":"weather"}]""")]
    public async Task Execute_CallsThatAreNotWhole_TheTextCounts(string calls)
    {
        _bench.Ensemble = _bench.Ensemble with { Tools = ToolsMode.Vote };
        All(Does.Call("The answer is 5.", calls));

        (await _bench.RunAsync(WithTools)).Text.ShouldBe("The answer is 5.");
    }

    [Fact]
    public async Task Execute_OfferedToolWithoutIdAndType_IsGivenWithThem()
    {
        _bench.Ensemble = _bench.Ensemble with { Tools = ToolsMode.Vote };
        All(Does.Call("", """[{"function":{"name":"weather","arguments":{"city":"Oslo"}},"extra_content":{"sign":"S"}}]"""));

        var answer = (await _bench.RunAsync(WithTools)).Answer!;

        var call = System.Text.Json.Nodes.JsonNode.Parse(answer.Choices.Span)![0]!["message"]!["tool_calls"]![0]!;
        ((string)call["id"]!).ShouldMatch("^call_[0-9A-Za-z_-]+$");
        ((string)call["type"]!).ShouldBe("function");
        ((string)call["function"]!["arguments"]!).ShouldBe("""{"city":"Oslo"}""");
        ((string)call["extra_content"]!["sign"]!).ShouldBe("S");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_JudgeOnlyCallsATool_ItsFallbackWrites(bool streamed)
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b", "c"], "judge", fallbacks: ["second"]);
        All(Does.Say("prose")).On("judge", Does.Call("", Call)).On("second", Does.Say("written"));

        var outcome = await _bench.RunAsync(streamed ? RunBench.StreamedQuestion : RunBench.Question);

        outcome.Text.ShouldBe("written");
        outcome.Manifest.Degraded.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StrategyKind.Route, false)]
    [InlineData(StrategyKind.Route, true)]
    [InlineData(StrategyKind.Verify, false)]
    [InlineData(StrategyKind.Verify, true)]
    [InlineData(StrategyKind.Cascade, false)]
    [InlineData(StrategyKind.Cascade, true)]
    [InlineData(StrategyKind.Specialist, false)]
    [InlineData(StrategyKind.Specialist, true)]
    [InlineData(StrategyKind.Synthesize, true)]
    [InlineData(StrategyKind.Vote, true)]
    [InlineData(StrategyKind.Vote, false)]
    [InlineData(StrategyKind.Consensus, false)]
    [InlineData(StrategyKind.Confidence, false)]
    [InlineData(StrategyKind.Adaptive, false)]
    [InlineData(StrategyKind.BestOf, false)]
    public async Task Execute_NoAnswerInTheFormat_TheFailureSaysSoAndNothingIsShown(StrategyKind strategy, bool streamed)
    {
        _bench.Ensemble = TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge");
        All(Does.Say("It ", "is 5.")).On("judge", Does.Say("It ", "is 5."));

        var outcome = await _bench.RunAsync(Json(streamed));

        outcome.Failure!.Kind.ShouldBeOneOf(RunFailureKind.PanelBelowQuorum, RunFailureKind.JudgeFailed);
        outcome.Failure.Message.ShouldContain("format");
        outcome.Text.ShouldBeEmpty();
        var writes = strategy is not (StrategyKind.Consensus or StrategyKind.Confidence or StrategyKind.Adaptive or StrategyKind.BestOf);
        outcome.Manifest.SubCalls.Any(call => call.Usage.Outcome == CallOutcome.WrongFormat).ShouldBe(writes, "what a panel compares may have any format");
    }

    [Theory]
    [InlineData(StrategyKind.Synthesize)]
    [InlineData(StrategyKind.BestOf)]
    [InlineData(StrategyKind.Consensus)]
    public async Task Execute_OnlyAnswerNotInTheFormat_IsNotGiven(StrategyKind strategy)
    {
        _bench.Ensemble = TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge") with { MinResponses = 1 };
        All(Does.Fail(CallOutcome.ServerError, 500)).On("a", Does.Say("It is 5.")).On("judge", Does.Fail(CallOutcome.ServerError, 500));

        var outcome = await _bench.RunAsync(Json(streamed: false));

        outcome.Text.ShouldBeEmpty();
        outcome.Failure!.Message.ShouldContain("format");
    }

    [Fact]
    public async Task Execute_StreamedTargetNotInTheFormat_TheDefaultAnswers()
    {
        _bench.Ensemble = TestEnsembles.Of(StrategyKind.Route, "panel", ["a", "b", "c"], "judge");
        All(Does.Say("It is 5.")).On("judge", Does.Assist("", route: "a")).On("b", Does.Say("{\"a\"", ":5}"));

        var outcome = await _bench.RunAsync(Json(streamed: true));

        outcome.Text.ShouldBe("""{"a":5}""");
        outcome.Manifest.Decisions[^1].ShouldBe(new DecisionManifest("route", "target_failed") { Reason = "wrong_format" });
    }

    [Theory]
    [InlineData(StrategyKind.Synthesize, false)]
    [InlineData(StrategyKind.Synthesize, true)]
    [InlineData(StrategyKind.Vote, false)]
    [InlineData(StrategyKind.Vote, true)]
    [InlineData(StrategyKind.Cascade, true)]
    [InlineData(StrategyKind.Verify, false)]
    [InlineData(StrategyKind.Consensus, false)]
    public async Task Execute_JsonInAFence_IsGivenWithoutIt(StrategyKind strategy, bool streamed)
    {
        _bench.Ensemble = TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge");
        All(Does.Say("``", "`json\n{\"a\"", ": 1}\n", "``", "`\n")).On("judge", Does.Say("```", "json\n", "{\"a\": 1}", "\n```"));

        (await _bench.RunAsync(Json(streamed))).Text.ShouldBe("""{"a": 1}""");
    }

    [Fact]
    public async Task Execute_FenceCutAnywhere_ShowsWhatIsInIt()
    {
        foreach (var text in new[] { "```json\n{\"a\": \"x```y\"}\n```\n", " \n```\n{\"a\": \"x```y\"}```", "```JSON {\"a\": \"x```y\"} ```", "{\"a\": \"x```y\"}", "```json\n{\"a\": \"x```y\"}", "~~~json\n{\"a\": \"x```y\"}\n~~~" })
        {
            for (var cut = 1; cut < text.Length; cut++)
            {
                _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b", "c"], "judge");
                All(Does.Say("prose")).On("judge", Does.Say(text[..cut], text[cut..]));

                (await _bench.RunAsync(Json(streamed: true))).Text.ShouldBe("{\"a\": \"x```y\"}", $"cut at {cut} of {text}");
            }
        }
    }

    [Fact]
    public async Task Execute_VectorsDecide_HeaderManifestAndDecisionAgree()
    {
        _bench.Ensemble = TestEnsembles.Of(StrategyKind.Consensus, "panel", ["a", "b", "c"], "judge") with { Consensus = new ConsensusConfig("vectors", 0.8) };
        Prose();
        _bench.Upstream.On("vectors", Does.Embed([1, 0], [1, 0], [0, 1]));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Agreement.ShouldBe(2d / 3);
        outcome.Events.OfType<PanelClosed>().Single().Agreement.ShouldBe(2d / 3);
        outcome.Manifest.Decisions[^1].Value.ShouldBe(2d / 3);
        outcome.Manifest.Candidates.Select(candidate => candidate.Cluster).ShouldBe([0, 0, 1]);
    }

    [Theory]
    [InlineData(StrategyKind.Synthesize)]
    [InlineData(StrategyKind.BestOf)]
    [InlineData(StrategyKind.Vote)]
    [InlineData(StrategyKind.Confidence)]
    [InlineData(StrategyKind.Adaptive)]
    [InlineData(StrategyKind.Cascade)]
    public async Task Execute_EmbeddingModel_ServesEveryStrategyThatCompares(StrategyKind strategy)
    {
        _bench.Ensemble = TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge") with
        {
            Consensus = new ConsensusConfig("vectors", 0.8),
            Cascade = new CascadeConfig { Rungs = [["a", "b", "c"]] },
        };
        Prose();
        _bench.Upstream.On("vectors", Does.Embed([1, 0], [1, 0], [1, 0])).On("judge", Does.Assist("the judge's"));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Agreement.ShouldBe(1);
        outcome.Manifest.SubCalls.Count(call => call.Usage.Key.Step == SubCallStep.Embedding).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_Synthesize_AsksTheJudgeBesideTheComparison_AndTellsTheAgreementFirst(bool streamed)
    {
        _bench.Ensemble = TestEnsembles.Of(StrategyKind.Synthesize, "panel", ["a", "b", "c"], "judge") with { Consensus = new ConsensusConfig("vectors", 0.8) };
        Prose();
        var wrote = new TaskCompletionSource();
        _bench.Upstream.On("vectors", Does.After(wrote.Task, Does.Embed([1, 0], [1, 0], [0, 1])));
        _bench.Upstream.On("judge", async (request, token) =>
        {
            var result = await Does.Say("the", " judge's")(request, token);
            wrote.SetResult();
            return result;
        });

        var outcome = await _bench.RunAsync($$"""{"model":"panel","stream":{{(streamed ? "true" : "false")}},"messages":[{"role":"user","content":"Which one?"}]}""");

        outcome.Text.ShouldBe("the judge's");
        outcome.Manifest.Agreement.ShouldBe(2d / 3);
        var events = outcome.Events.ToList();
        events.OfType<PanelClosed>().ShouldHaveSingleItem().Agreement.ShouldBe(2d / 3);
        events.FindIndex(shown => shown is PanelClosed).ShouldBeLessThan(events.FindIndex(shown => shown is AnswerDelta));
    }

    [Fact]
    public async Task Execute_JudgeFailsBeforeTheComparison_GivesTheBestOfWhatWasCompared()
    {
        _bench.Ensemble = TestEnsembles.Of(StrategyKind.Synthesize, "panel", ["a", "b", "c"], "judge") with { Consensus = new ConsensusConfig("vectors", 0.8) };
        Prose();
        var failed = new TaskCompletionSource();
        _bench.Upstream.On("vectors", Does.After(failed.Task, Does.Embed([0, 1], [1, 0], [1, 0])));
        _bench.Upstream.On("judge", (request, token) =>
        {
            failed.TrySetResult();
            return Does.Fail(CallOutcome.RequestRejected, 400)(request, token);
        });

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("Nobody has ever found out, and nobody will in time.");
        outcome.Manifest.Agreement.ShouldBe(2d / 3);
    }

    [Fact]
    public async Task Execute_AnswerThatOnlyCallsTools_IsNotSentToTheEmbeddingModel()
    {
        _bench.Ensemble = TestEnsembles.Of(StrategyKind.Consensus, "panel", ["a", "b", "c"], "judge") with
        {
            Consensus = new ConsensusConfig("vectors", 0.8),
            Tools = ToolsMode.Vote,
        };
        Prose();
        _bench.Upstream
            .On("a", Does.Call("", """[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]"""))
            .On("vectors", Does.Embed([1, 0], [1, 0]));

        var outcome = await _bench.RunAsync(WithTools);

        outcome.Manifest.Degraded.ShouldBeEmpty();
        outcome.Text.ShouldBe("Nobody has ever found out, and nobody will in time.");
    }

    private void Prose() => _bench.Upstream
        .On("a", Does.Assist("One might well say that it is a matter of taste."))
        .On("b", Does.Assist("Nobody has ever found out, and nobody will in time."))
        .On("c", Does.Assist("Certainly it has to be the blue one of these two."));

    private ScriptedUpstream All(Behaviour behaviour) => _bench.Upstream.On("a", behaviour).On("b", behaviour).On("c", behaviour);
}
