using System.Text.RegularExpressions;

namespace Ensemble.Catalog.Tests;

/// <summary>What is read of each strategy's settings, what is assumed where nothing is said, and what is doubted.</summary>
public sealed class StrategyReaderTests
{
    private const string Panel = CatalogSamples.Panel;
    private const string Judge = CatalogSamples.Judge;
    private const string Five = "\"panel\": [ { \"model\": \"s\", \"samples\": 2 }, { \"model\": \"m\", \"samples\": 2 }, { \"model\": \"l\" } ]";
    private const string RouteBlock = "\"route\": { \"rules\": [ { \"when\": { \"max_words\": 3 }, \"to\": \"s\" } ], \"default\": \"l\" }";
    private const string VerifyBlock = "\"verify\": { \"primary\": \"s\", \"verifier\": \"j\", \"escalate_to\": \"l\" }";
    private const string SpecialistBlock = "\"specialist\": { \"planner\": \"j\", \"members\": { \"code\": \"s\" } }";

    /// <summary>Fields, the strategy, and the answers that are needed where nothing is said about them.</summary>
    public static TheoryData<string, StrategyKind, int> MinimumCases => new()
    {
        { $"{Five}, {Judge}", StrategyKind.Synthesize, 2 },
        { $"\"strategy\": \"best_of\", {Five}, {Judge}", StrategyKind.BestOf, 2 },
        { $"\"strategy\": \"vote\", {Five}", StrategyKind.Vote, 3 },
        { $"\"strategy\": \"vote\", {Panel}", StrategyKind.Vote, 2 },
        { $"\"strategy\": \"consensus\", {Five}", StrategyKind.Consensus, 2 },
        { $"\"strategy\": \"confidence\", {Five}", StrategyKind.Confidence, 2 },
        { $"\"strategy\": \"adaptive\", {Five}", StrategyKind.Adaptive, 2 },
        { $"\"strategy\": \"cascade\", {Five}", StrategyKind.Cascade, 1 },
        { $"\"strategy\": \"verify\", {VerifyBlock}", StrategyKind.Verify, 1 },
        { $"\"strategy\": \"route\", {RouteBlock}", StrategyKind.Route, 1 },
        { $"\"strategy\": \"specialist\", {SpecialistBlock}, {Judge}", StrategyKind.Specialist, 1 },
    };

    [Theory]
    [MemberData(nameof(MinimumCases))]
    public void Read_MinimumThatAStrategyNeeds_IsTakenWithoutAWarning(string fields, StrategyKind strategy, int needed)
    {
        var ensemble = Read(fields);

        ensemble.Strategy.ShouldBe(strategy);
        ensemble.MinResponses.ShouldBe(needed);
        ensemble.Budget.ShouldBe(BudgetConfig.None);
        ensemble.BestOf.ShouldBe(new BestOfConfig(false));
        ensemble.Consensus.ShouldBe(new ConsensusConfig(null, 0.8));
        ensemble.Confidence.ShouldBe(new ConfidenceConfig(ConfidenceSource.Logprobs));
        ensemble.Cascade.ShouldBe(new CascadeConfig());
        (ensemble.Verify is null, ensemble.Route is null, ensemble.Specialist is null)
            .ShouldBe((strategy != StrategyKind.Verify, strategy != StrategyKind.Route, strategy != StrategyKind.Specialist));
    }

    [Theory]
    [InlineData("synthesize")]
    [InlineData("best_of")]
    [InlineData("vote")]
    [InlineData("consensus")]
    [InlineData("confidence")]
    [InlineData("adaptive")]
    [InlineData("cascade")]
    public void Read_ConsensusBlock_StandsWithEachStrategyThatComparesAnswers(string strategy)
    {
        var ensemble = Read($"\"strategy\": \"{strategy}\", {Panel}, {Judge}, \"consensus\": {{ \"embedding_model\": \"vec\", \"threshold\": 0.65 }}");

        ensemble.Consensus.ShouldBe(new ConsensusConfig("vec", 0.65));
        ensemble.Models.ShouldBe(["s", "l", "j", "vec"]);
    }

    [Fact]
    public void Read_FieldsOfEveryStrategy_AreTaken()
    {
        var ensemble = Read($$"""
            "strategy": "adaptive", {{Panel}}, {{Judge}}, "analysis": true, "answer_type": "yes_no", "tools": "vote", "on_budget": "fail",
            "budget": { "max_cost_usd": 0.125, "max_tokens": 20000, "max_calls": 6 }, "confidence": { "source": "self_report" }
            """);

        (ensemble.Analysis, ensemble.AnswerType, ensemble.Tools, ensemble.OnBudget).ShouldBe((true, AnswerType.YesNo, ToolsMode.Vote, OnBudget.Fail));
        ensemble.Budget.ShouldBe(new BudgetConfig { MaxCostUsd = 0.125m, MaxTokens = 20000, MaxCalls = 6 });
        ensemble.Confidence.Source.ShouldBe(ConfidenceSource.SelfReport);
    }

    [Fact]
    public void Read_ReasoningEffort_IsTakenOfMembersAndJudge()
    {
        var ensemble = Read("""
            "panel": [ { "model": "s", "reasoning_effort": "none" }, { "model": "l", "reasoning_effort": "high" } ],
            "judge": { "model": "j", "reasoning_effort": "medium" }
            """);

        ensemble.Panel.Select(member => member.ReasoningEffort).ShouldBe([ReasoningEffort.None, ReasoningEffort.High]);
        ensemble.Judge!.ReasoningEffort.ShouldBe(ReasoningEffort.Medium);
        Read($"{Panel}, {Judge}").Judge!.ReasoningEffort.ShouldBeNull();
    }

    [Theory]
    [InlineData("synthesize", ToolsMode.Advise)]
    [InlineData("best_of", ToolsMode.Advise)]
    [InlineData("cascade", ToolsMode.Advise)]
    [InlineData("vote", ToolsMode.Reject)]
    [InlineData("consensus", ToolsMode.Reject)]
    [InlineData("confidence", ToolsMode.Reject)]
    [InlineData("adaptive", ToolsMode.Reject)]
    public void Read_Tools_AreAdvisedOnByDefaultWhereAModelWritesTheAnswer(string strategy, ToolsMode expected)
    {
        var ensemble = $"\"strategy\": \"{strategy}\", {Panel}, {Judge}";
        Read(ensemble).Tools.ShouldBe(expected);
        Read($"{ensemble}, \"tools\": \"reject\"").Tools.ShouldBe(ToolsMode.Reject);

        var once = Read($"{ensemble}, \"tools\": {{ \"mode\": \"advise\", \"panel\": \"once_per_user_turn\" }}");
        (once.Tools, once.Advice).ShouldBe((ToolsMode.Advise, AdviceFrequency.OncePerUserTurn));
    }

    [Theory]
    [InlineData("auto", AnswerType.Auto)]
    [InlineData("json", AnswerType.Json)]
    [InlineData("choice", AnswerType.Choice)]
    [InlineData("number", AnswerType.Number)]
    [InlineData("yes_no", AnswerType.YesNo)]
    [InlineData("short_text", AnswerType.ShortText)]
    [InlineData("text", AnswerType.Text)]
    public void Read_AnswerType_IsTakenByEachStrategy(string name, AnswerType expected)
    {
        Read($"\"strategy\": \"vote\", {Panel}, \"answer_type\": \"{name}\"").AnswerType.ShouldBe(expected);
        Read($"\"strategy\": \"route\", {RouteBlock}, \"answer_type\": \"{name}\"").AnswerType.ShouldBe(expected);
    }

    [Fact]
    public void Read_BestOf_TakesSwap() =>
        Read($"\"strategy\": \"best_of\", {Panel}, {Judge}, \"best_of\": {{ \"swap\": true }}").BestOf.Swap.ShouldBeTrue();

    [Fact]
    public void Read_Cascade_TakesRungsAndWhatIsAccepted()
    {
        var ensemble = Read($$"""
            "strategy": "cascade", {{Five}}, "min_responses": 2,
            "cascade": { "rungs": [ ["s", "m"], ["l"] ], "accept": { "min_agreement": 0.5, "verifier": "j" } }
            """);

        ensemble.Cascade.Rungs.ShouldBe([["s", "m"], ["l"]]);
        ensemble.Cascade.MinAgreement.ShouldBe(0.5);
        ensemble.Cascade.Verifier.ShouldBe("j");
        ensemble.MinResponses.ShouldBe(2);
        ensemble.Models.ShouldBe(["s", "m", "l", "j"]);
    }

    [Fact]
    public void Read_CascadeWithoutRungs_LeavesThemToTheStrategy()
    {
        var cascade = Read($"\"strategy\": \"cascade\", {Panel}, \"cascade\": {{}}").Cascade;

        cascade.Rungs.ShouldBeEmpty();
        cascade.MinAgreement.ShouldBe(1);
        cascade.Verifier.ShouldBeNull();
    }

    [Fact]
    public void Read_VerifyWithoutAPanel_TakesTheBlock()
    {
        var ensemble = Read("\"strategy\": \"verify\", \"verify\": { \"primary\": \"s\", \"verifier\": \"j\", \"escalate_to\": \"l\", \"on_verifier_failure\": \"accept\" }");

        ensemble.Verify.ShouldBe(new VerifyConfig { Primary = "s", Verifier = "j", EscalateTo = "l", OnVerifierFailure = OnVerifierFailure.Accept });
        ensemble.Panel.ShouldBeEmpty();
        ensemble.Judge.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "s", "l")]
    [InlineData("\"primary\": \"l\", ", "l", "m")]
    [InlineData("\"escalate_to\": \"m\", ", "s", "m")]
    public void Read_VerifyWithAPanel_AsksItsFirstAndEscalatesToItsLastOtherMember(string fields, string primary, string escalation)
    {
        var panel = "\"panel\": [ { \"model\": \"s\", \"temperature\": 0 }, { \"model\": \"m\" }, { \"model\": \"l\" } ]";
        var json = CatalogSamples.WithStrategy($"\"strategy\": \"verify\", {panel}, \"verify\": {{ {fields}\"verifier\": \"j\" }}");

        var verify = CatalogSamples.Read(json).Snapshot.ShouldNotBeNull().Ensembles["e"].Verify!;

        verify.ShouldBe(new VerifyConfig { Primary = primary, Verifier = "j", EscalateTo = escalation });
    }

    [Fact]
    public void Read_Route_TakesEverything()
    {
        var ensemble = Read("""
            "strategy": "route", "panel": [ { "model": "s", "temperature": 0.1 } ],
            "route": {
              "rules": [ { "when": { "min_words": 2, "max_words": 14, "matches": "^a+$", "not_matches": "(?i)code", "keywords": ["sum", "C#"],
                                     "has_images": false }, "to": "s" },
                         { "when": { "has_images": true }, "to": "l" } ],
              "classifier": "j", "descriptions": { "s": "small talk", "m": "prose" }, "default": "l",
              "verify": { "verifier": "j", "on_verifier_failure": "accept" }, "shadow_rate": 0.05 }
            """);

        var route = ensemble.Route.ShouldNotBeNull();
        var when = route.Rules[0].When;
        (when.MinWords, when.MaxWords, when.HasImages).ShouldBe((2, 14, false));
        when.Keywords.ShouldBe(["sum", "C#"]);
        when.Matches!.ToString().ShouldBe("^a+$");
        when.NotMatches!.IsMatch("CODE").ShouldBeTrue();
        when.NotMatches.Options.ShouldBe(RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        route.Rules.Select(rule => rule.To).ShouldBe(["s", "l"]);
        (route.Classifier, route.Default, route.ShadowRate).ShouldBe(("j", "l", 0.05));
        route.Descriptions.ShouldBe([new("s", "small talk"), new("m", "prose")]);
        route.Verify.ShouldBe(new RouteVerifyConfig("j", OnVerifierFailure.Accept));
        route.Targets.ShouldBe(["s", "l", "m"]);
        ensemble.Models.ShouldBe(["s", "l", "m", "j"], ignoreOrder: true);
    }

    [Fact]
    public void Read_Specialist_TakesEverything()
    {
        var ensemble = Read($"\"strategy\": \"specialist\", {Judge}, \"specialist\": {{ \"planner\": \"l\", \"members\": {{ \"code\": \"s\", \"tax law\": \"m\" }}, \"max_subtasks\": 3 }}");

        ensemble.Specialist!.Planner.ShouldBe("l");
        ensemble.Specialist.Members.ShouldBe([new("code", "s"), new("tax law", "m")]);
        ensemble.Specialist.MaxSubtasks.ShouldBe(3);
        Read($"\"strategy\": \"specialist\", {Judge}, {SpecialistBlock}").Specialist!.MaxSubtasks.ShouldBe(5);
    }

    /// <summary>Fields, path and part of the rule of the one warning.</summary>
    public static TheoryData<string, string, string> Doubtful => new()
    {
        { "\"strategy\": \"cascade\", \"panel\": [ { \"model\": \"s\" } ]", "panel", "one answer only" },
        { $"\"strategy\": \"route\", {RouteBlock}, \"min_responses\": 2", "min_responses", "taken as 1, since strategy route" },
        { $"\"panel\": [ {{ \"model\": \"s\", \"temperature\": 0, \"samples\": 2 }} ], {Judge}", "panel[0].samples", "temperature 0" },
        { $"{Panel}, {Judge}, \"timeout_ms\": 120001", "timeout_ms", "longer than deadline_ms, 120000" },
        { $"{Panel}, {Judge}, \"timeout_ms\": 2000, \"deadline_ms\": 1000", "timeout_ms", "longer than deadline_ms, 1000" },
        { $"{Panel.Replace("\"l\"", "\"j\"", StringComparison.Ordinal)}, {Judge.Replace("\"j\"", "\"cheap\"", StringComparison.Ordinal)}", "judge.model", "less than a fifth of \"j\"" },
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_calls\": 2 }}", "budget.max_calls", "the 3 calls" },
        { $"\"strategy\": \"vote\", {Five}, \"budget\": {{ \"max_calls\": 1 }}", "budget.max_calls", "the 2 calls" },
        { $"\"strategy\": \"confidence\", {Panel}, \"confidence\": {{ \"source\": \"self_report\" }}, \"budget\": {{ \"max_calls\": 3 }}", "budget.max_calls", "the 4 calls" },
        { $"\"strategy\": \"verify\", {VerifyBlock}, \"budget\": {{ \"max_calls\": 1 }}", "budget.max_calls", "the 2 calls" },
        { $"\"strategy\": \"specialist\", {SpecialistBlock}, {Judge}, \"budget\": {{ \"max_calls\": 2 }}", "budget.max_calls", "the 3 calls" },
        { $"\"strategy\": \"confidence\", \"panel\": [ {{ \"model\": \"s\" }}, {{ \"model\": \"claude\" }} ]", "panel[1].model", "no log-probabilities" },
        { $"\"strategy\": \"adaptive\", \"panel\": [ {{ \"model\": \"claude\" }}, {{ \"model\": \"s\" }} ]", "panel[0].model", "no log-probabilities" },
        { "\"strategy\": \"route\", \"route\": { \"default\": \"l\" }", "route", "neither rules nor a classifier" },
        { $"\"strategy\": \"route\", \"panel\": [ {{ \"model\": \"s\" }}, {{ \"model\": \"m\" }} ], {RouteBlock}", "panel[1].model", "is never asked" },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void Read_DoubtfulEnsemble_IsServedWithOneWarning(string fields, string path, string rule)
    {
        var result = CatalogSamples.Read(WithMore(fields), CatalogSamples.Secrets(("KEY", "secret")));

        result.Errors.ShouldBeEmpty();
        var warning = result.Warnings.ShouldHaveSingleItem(string.Join('\n', result.Warnings));
        warning.Path.ShouldBe($"models[5].ensemble.{path}");
        warning.Rule.ShouldContain(rule, Case.Sensitive);
    }

    /// <summary>What is as near to a warning as it can be without one.</summary>
    [Theory]
    [InlineData($"{Panel}, {Judge}, \"timeout_ms\": 120000")]
    [InlineData($"{Panel}, {Judge}, \"budget\": {{ \"max_calls\": 3 }}")]
    [InlineData($"{Panel}, \"judge\": {{ \"model\": \"s\" }}")]
    [InlineData($"{Panel}, \"judge\": {{ \"model\": \"m\" }}")]
    [InlineData($"\"strategy\": \"vote\", {Five}, \"budget\": {{ \"max_calls\": 2 }}")]
    [InlineData("\"strategy\": \"consensus\", \"panel\": [ { \"model\": \"s\" }, { \"model\": \"claude\" } ]")]
    [InlineData("\"strategy\": \"confidence\", \"panel\": [ { \"model\": \"s\" }, { \"model\": \"claude\" } ], \"confidence\": { \"source\": \"self_report\" }")]
    [InlineData($"\"strategy\": \"route\", \"panel\": [ {{ \"model\": \"s\" }} ], {RouteBlock}")]
    [InlineData($"\"strategy\": \"route\", \"panel\": [], {RouteBlock}")]
    public void Read_JustWithinTheRule_HasNoWarning(string fields)
    {
        var result = CatalogSamples.Read(WithMore(fields), CatalogSamples.Secrets(("KEY", "secret")));

        CatalogReport.Format(result).ShouldBe("no errors, no warnings");
    }

    private static string WithMore(string fields)
    {
        var json = CatalogSamples.WithStrategy(fields);
        return json[..json.LastIndexOf(']')] + """
            , { "display_name": "cheap", "provider": "simulated", "price": { "input_per_million": 0, "output_per_million": 1.99 } },
              { "display_name": "claude", "provider": "anthropic", "model": "c", "api_key": "env:KEY" } ] }
            """;
    }

    private static EnsembleConfig Read(string fields)
    {
        var result = CatalogSamples.Read(CatalogSamples.WithStrategy(fields));
        CatalogReport.Format(result).ShouldBe("no errors, no warnings");
        return result.Snapshot!.Ensembles["e"];
    }
}
