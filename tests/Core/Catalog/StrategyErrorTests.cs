namespace Ensemble.Catalog.Tests;

/// <summary>The rules of strategies and of their settings.</summary>
public sealed class StrategyErrorTests
{
    private const string Panel = CatalogSamples.Panel;
    private const string Judge = CatalogSamples.Judge;

    /// <summary>Fields of an ensemble, path within it, part of the rule, part of the fix.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        // Who is needed
        { Judge, "panel", "is required", "List the models" },
        { Panel, "judge", "is required", "writes" },
        { "\"strategy\": \"vote\"", "panel", "is required", "List the models" },
        { "\"strategy\": \"vote\", \"panel\": []", "panel", "fewer than 1 members", "Add one" },
        { "\"strategy\": \"consensus\"", "panel", "is required", "List the models" },
        { "\"strategy\": \"confidence\"", "panel", "is required", "List the models" },
        { "\"strategy\": \"adaptive\"", "panel", "is required", "List the models" },
        { "\"strategy\": \"cascade\"", "panel", "is required", "List the models" },
        { $"\"strategy\": \"best_of\", {Judge}", "panel", "is required", "List the models" },
        { $"\"strategy\": \"best_of\", {Panel}", "judge", "is required", "picks" },
        { "\"strategy\": \"specialist\", \"specialist\": { \"planner\": \"j\", \"members\": { \"code\": \"s\" } }", "judge", "is required", "writes" },
        { "\"strategy\": \"verify\"", "verify", "is required", "verifier" },
        { "\"strategy\": \"route\"", "route", "is required", "default" },
        { $"\"strategy\": \"specialist\", {Judge}", "specialist", "is required", "planner" },
        { $"\"strategy\": \"bestof\", {Panel}", "strategy", "is not one of", "Did you mean \"best_of\"?" },

        // Settings of another strategy
        { $"{Panel}, {Judge}, \"best_of\": {{}}", "best_of", "only strategy best_of reads it", "choose that strategy" },
        { $"{Panel}, {Judge}, \"confidence\": {{}}", "confidence", "only the strategies confidence and adaptive read it", "choose one of them" },
        { $"{Panel}, {Judge}, \"cascade\": {{}}", "cascade", "only strategy cascade reads it", "Remove it" },
        { $"{Panel}, {Judge}, \"verify\": {{}}", "verify", "only strategy verify reads it", "Remove it" },
        { $"{Panel}, {Judge}, \"route\": {{}}", "route", "only strategy route reads it", "Remove it" },
        { $"{Panel}, {Judge}, \"specialist\": {{}}", "specialist", "only strategy specialist reads it", "Remove it" },
        { "\"strategy\": \"route\", \"route\": { \"rules\": [ { \"when\": { \"max_words\": 3 }, \"to\": \"s\" } ], \"default\": \"l\" }, \"consensus\": {}", "consensus", "only the strategies synthesize, best_of", "Remove it" },
        { $"\"strategy\": \"vote\", {Panel}, \"analysis\": true", "analysis", "only the strategies synthesize and adaptive", "false" },
        { $"{Panel}, {Judge}, \"tools\": \"vote\"", "tools", "only the strategies vote, adaptive and cascade do that", "reject" },
        { $"\"strategy\": \"consensus\", {Panel}, \"tools\": \"vote\"", "tools", "count tool calls", "reject" },
        { $"\"strategy\": \"confidence\", {Panel}, \"tools\": \"vote\"", "tools", "count tool calls", "reject" },

        { $"\"strategy\": \"consensus\", {Panel}, \"tools\": \"advise\"", "tools", "is the judge, which is missing", "Name a judge" },
        { $"{Panel}, {Judge}, \"tools\": {{ \"mode\": \"vote\" }}", "tools.mode", "count tool calls", "advise" },
        { $"{Panel}, {Judge}, \"tools\": {{ \"mode\": \"reject\", \"panel\": \"every_request\" }}", "tools.panel", "is not \"advise\"", "remove it" },
        { $"{Panel}, {Judge}, \"tools\": {{ \"panel\": \"once\" }}", "tools.panel", "is not one of", "Use one of these" },
        { $"{Panel}, {Judge}, \"tools\": {{ \"modus\": \"vote\" }}", "tools.modus", "is not a known field", "mode" },

        // Values
        { $"{Panel}, {Judge}, \"analysis\": \"yes\"", "analysis", "must be true or false", "true or false" },
        { $"{Panel}, {Judge}, \"tools\": \"panel\"", "tools", "is not one of", "Use one of these" },
        { $"{Panel}, {Judge}, \"answer_type\": \"numbr\"", "answer_type", "is not one of", "Did you mean \"number\"?" },
        { $"{Panel}, {Judge}, \"on_budget\": \"stop\"", "on_budget", "is not one of", "Use one of these" },
        { $"\"strategy\": \"best_of\", {Panel}, {Judge}, \"best_of\": {{ \"swop\": true }}", "best_of.swop", "is not a known field", "Did you mean \"swap\"?" },
        { $"\"strategy\": \"best_of\", {Panel}, {Judge}, \"best_of\": {{ \"swap\": 1 }}", "best_of.swap", "must be true or false", "true or false" },

        { $"\"panel\": [ {{ \"model\": \"s\", \"reasoning_effort\": \"hihg\" }}, {{ \"model\": \"l\" }} ], {Judge}", "panel[0].reasoning_effort", "is not one of", "Did you mean \"high\"?" },
        { $"{Panel}, \"judge\": {{ \"model\": \"j\", \"reasoning_effort\": 3 }}", "judge.reasoning_effort", "must be", "" },

        // Budget
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_cost\": 3 }}", "budget.max_cost", "is not a known field", "max_cost_usd" },
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_cost_usd\": 0 }}", "budget.max_cost_usd", "must be above 0", "null" },
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_cost_usd\": -1 }}", "budget.max_cost_usd", "number from 0", "range" },
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_tokens\": 0 }}", "budget.max_tokens", "whole number from 1", "range" },
        { $"{Panel}, {Judge}, \"budget\": {{ \"max_calls\": 0 }}", "budget.max_calls", "whole number from 1", "range" },
        { $"{Panel}, \"judge\": {{ \"model\": \"m\" }}, \"budget\": {{ \"max_cost_usd\": 0.5 }}", "budget.max_cost_usd", "\"m\" has no price", "max_tokens" },
        { "\"strategy\": \"verify\", \"verify\": { \"primary\": \"s\", \"verifier\": \"m\", \"escalate_to\": \"l\" }, \"budget\": { \"max_cost_usd\": 1 }", "budget.max_cost_usd", "\"m\" has no price", "price" },

        // Consensus and confidence
        { $"{Panel}, {Judge}, \"consensus\": {{ \"threshold\": 1.1 }}", "consensus.threshold", "number from 0 to 1", "range" },
        { $"{Panel}, {Judge}, \"consensus\": {{ \"embedding_model\": \"s\" }}", "consensus.embedding_model", "gives no vectors", "embedding" },
        { $"{Panel}, {Judge}, \"consensus\": {{ \"embedding_model\": \"vek\" }}", "consensus.embedding_model", "names no model", "Did you mean \"vec\"?" },
        { $"{Panel}, {Judge}, \"consensus\": {{ \"embedding_model\": \"e\" }}", "consensus.embedding_model", "ensembles do not nest", "direct model" },
        { $"{Panel}, {Judge}, \"consensus\": {{ \"embeding_model\": \"vec\" }}", "consensus.embeding_model", "is not a known field", "Did you mean \"embedding_model\"?" },
        { $"\"strategy\": \"confidence\", {Panel}, \"confidence\": {{ \"source\": \"logprob\" }}", "confidence.source", "is not one of", "Did you mean \"logprobs\"?" },

        // Cascade
        { Cascade("\"rungs\": []"), "cascade.rungs", "fewer than 1 rungs", "Add one" },
        { Cascade("\"rungs\": [ [\"s\"], [] ]"), "cascade.rungs[1]", "fewer than 1 models", "Add one" },
        { Cascade("\"rungs\": [ [\"s\"], [\"j\"] ]"), "cascade.rungs[1][0]", "no model of the panel", "Did you mean" },
        { Cascade("\"rungs\": [ [\"s\"], [\"s\", \"l\"] ]"), "cascade.rungs[1][0]", "in the rungs twice", "one rung" },
        { Cascade("\"rungs\": [ [\"s\"] ]"), "cascade.rungs", "leaves out \"l\"", "into a rung" },
        { Cascade("\"rungs\": [ \"s\", [\"l\"] ]"), "cascade.rungs[0]", "must be an array", "array" },
        { Cascade("\"accept\": { \"min_agreement\": -0.1 }"), "cascade.accept.min_agreement", "number from 0 to 1", "range" },
        { Cascade("\"accept\": { \"verifier\": \"vec\" }"), "cascade.accept.verifier", "embedding model", "chat" },
        { Cascade("\"accept\": { \"agreement\": 1 }"), "cascade.accept.agreement", "is not a known field", "min_agreement" },
        { Cascade("\"rung\": []"), "cascade.rung", "is not a known field", "Did you mean \"rungs\"?" },

        // Verify
        { Verify("\"primary\": \"s\", \"escalate_to\": \"l\""), "verify.verifier", "is required", "audits" },
        { Verify("\"verifier\": \"j\", \"escalate_to\": \"l\""), "verify.primary", "is required", "panel" },
        { Verify("\"verifier\": \"j\", \"primary\": \"s\""), "verify.escalate_to", "is required", "panel" },
        { "\"strategy\": \"verify\", \"panel\": [ { \"model\": \"s\" } ], \"verify\": { \"verifier\": \"j\" }", "verify.escalate_to", "is required", "add it to the panel" },
        { Verify("\"verifier\": \"jj\", \"primary\": \"s\", \"escalate_to\": \"l\""), "verify.verifier", "names no model", "Did you mean" },
        { Verify("\"verifier\": \"j\", \"primary\": \"e\", \"escalate_to\": \"l\""), "verify.primary", "ensembles do not nest", "direct model" },
        { Verify("\"verifier\": \"j\", \"primary\": \"s\", \"escalate_to\": \"vec\""), "verify.escalate_to", "embedding model", "chat" },
        { Verify("\"verifier\": \"j\", \"primary\": \"s\", \"escalate_to\": \"l\", \"on_verifier_failure\": \"fail\""), "verify.on_verifier_failure", "is not one of", "Use one of these" },
        { Verify("\"verifier\": \"j\", \"primary\": \"s\", \"escalate\": \"l\", \"escalate_to\": \"l\""), "verify.escalate", "is not a known field", "Did you mean \"escalate_to\"?" },

        // Specialist
        { Specialist("\"members\": { \"code\": \"s\" }"), "specialist.planner", "is required", "splits" },
        { Specialist("\"planner\": \"j\""), "specialist.members", "is required", "topic" },
        { Specialist("\"planner\": \"j\", \"members\": {}"), "specialist.members", "has no member", "at least one" },
        { Specialist("\"planner\": \"j\", \"members\": [\"s\"]"), "specialist.members", "must be an object", "object" },
        { Specialist("\"planner\": \"j\", \"members\": { \" \": \"s\" }"), "specialist.members[\" \"]", "is of a topic that is empty", "Name the topic" },
        { Specialist($"\"planner\": \"j\", \"members\": {{ {string.Join(", ", Enumerable.Range(0, 21).Select(index => $"\"t{index}\": \"s\""))} }}"), "specialist.members", "21 entries, at most 20", "Remove some" },
        { Specialist("\"planner\": \"j\", \"members\": { \"code\": \"x\" }"), "specialist.members.code", "names no model", "Did you mean" },
        { Specialist("\"planner\": \"vec\", \"members\": { \"code\": \"s\" }"), "specialist.planner", "embedding model", "chat" },
        { Specialist("\"planner\": \"j\", \"members\": { \"code\": \"s\" }, \"max_subtasks\": 21"), "specialist.max_subtasks", "from 1 to 20", "range" },
        { Specialist("\"planner\": \"j\", \"members\": { \"code\": \"s\" }, \"max_subtask\": 2"), "specialist.max_subtask", "is not a known field", "Did you mean \"max_subtasks\"?" },

        // Route
        { Route("\"rules\": []"), "route.default", "is required", "no rule matches" },
        { Route("\"default\": \"vec\""), "route.default", "embedding model", "chat" },
        { Route("\"default\": \"l\", \"classifier\": \"nobody\", \"descriptions\": { \"s\": \"short\" }"), "route.classifier", "names no model", "display_name" },
        { Route("\"default\": \"l\", \"classifier\": \"j\""), "route.classifier", "no two models", "descriptions" },
        { Route("\"default\": \"l\", \"descriptions\": { \"s\": \"short\" }"), "route.descriptions", "read by a classifier", "classifier" },
        { Route("\"default\": \"l\", \"classifier\": \"j\", \"descriptions\": { \"s\": \"short\", \"zz\": \"x\" }"), "route.descriptions.zz", "names no model", "display_name" },
        { Route("\"default\": \"l\", \"classifier\": \"j\", \"descriptions\": { \"s\": \" \" }"), "route.descriptions.s", "is empty", "value" },
        { Route("\"default\": \"l\", \"shadow_rate\": 2"), "route.shadow_rate", "number from 0 to 1", "range" },
        { Route("\"default\": \"l\", \"verify\": {}"), "route.verify.verifier", "is required", "audits" },
        { Route("\"default\": \"l\", \"verify\": { \"verifier\": \"j\", \"on_verifier_failure\": \"acept\" }"), "route.verify.on_verifier_failure", "is not one of", "Did you mean \"accept\"?" },
        { Route("\"default\": \"l\", \"verify\": { \"verifier\": \"j\", \"escalate_to\": \"l\" }"), "route.verify.escalate_to", "is not a known field", "known here" },
        { Route("\"default\": \"l\", \"rule\": []"), "route.rule", "is not a known field", "Did you mean \"rules\"?" },
        { Rule("\"to\": \"s\""), "route.rules[0].when", "is required", "default" },
        { Rule("\"when\": { \"max_words\": 3 }"), "route.rules[0].to", "is required", "answers" },
        { Rule("\"when\": { \"max_words\": 3 }, \"to\": \"sm\""), "route.rules[0].to", "names no model", "Did you mean" },
        { Rule("\"when\": {}, \"to\": \"s\""), "route.rules[0].when", "asks for nothing", "default" },
        { Rule("\"when\": { \"has_images\": null }, \"to\": \"s\""), "route.rules[0].when", "asks for nothing", "default" },
        { When("\"min_words\": 0"), "route.rules[0].when.min_words", "whole number from 1", "range" },
        { When("\"max_words\": -1"), "route.rules[0].when.max_words", "whole number from 0", "range" },
        { When("\"min_words\": 9, \"max_words\": 3"), "route.rules[0].when", "min_words above max_words", "Swap" },
        { When("\"matches\": \"(\""), "route.rules[0].when.matches", "not a valid regular expression", "Correct" },
        { When("\"matches\": \"(?<=a)b\""), "route.rules[0].when.matches", "look-around", "not_matches" },
        { When("\"not_matches\": \"(a)\\\\1\""), "route.rules[0].when.not_matches", "back-reference", "Remove them." },
        { When("\"matches\": \"(?>a+)b\""), "route.rules[0].when.matches", "atomic group", "Remove them." },
        { When("\"matches\": \"(?:a{0,1000}){0,1000}\""), "route.rules[0].when.matches", "repetition counts are too large", "Remove them." },
        { When($"\"matches\": \"{new string('a', 1025)}\""), "route.rules[0].when.matches", "longer than 1024", "Shorten" },
        { When("\"keywords\": []"), "route.rules[0].when.keywords", "fewer than 1 keywords", "Add one" },
        { When("\"keywords\": [ \"a\", \"\" ]"), "route.rules[0].when.keywords[1]", "is empty", "value" },
        { When("\"keywords\": [ \" a\" ]"), "route.rules[0].when.keywords[0]", "blanks at an end", "Remove" },
        { When("\"has_images\": \"yes\""), "route.rules[0].when.has_images", "must be true or false", "true or false" },
        { When("\"language\": \"de\", \"max_words\": 3"), "route.rules[0].when.language", "is not a known field", "use \"matches\"" },
        { When("\"keyword\": [ \"a\" ], \"max_words\": 3"), "route.rules[0].when.keyword", "is not a known field", "Did you mean \"keywords\"?" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_OneMistake_IsTheOneErrorWithPathRuleAndFix(string fields, string path, string rule, string fix)
    {
        var result = CatalogSamples.Read(CatalogSamples.WithStrategy(fields));

        result.Snapshot.ShouldBeNull();
        var error = result.Errors.ShouldHaveSingleItem(string.Join('\n', result.Errors));
        error.Path.ShouldBe($"models[5].ensemble.{path}");
        error.Rule.ShouldContain(rule, Case.Sensitive);
        error.Fix.ShouldContain(fix, Case.Sensitive);
    }

    [Fact]
    public void Read_PriceThatCannotBeRead_IsNotReportedAsMissingToo()
    {
        var json = CatalogSamples.WithStrategy($"{Panel}, {Judge}, \"budget\": {{ \"max_cost_usd\": 1 }}").Replace("\"output_per_million\": 2 ", "", StringComparison.Ordinal);

        CatalogSamples.Read(json.Replace("\"input_per_million\": 1, }", "\"input_per_million\": 1 }", StringComparison.Ordinal)).Errors
            .ShouldHaveSingleItem().Path.ShouldBe("models[0].price.output_per_million");
    }

    private static string Cascade(string fields) => $"\"strategy\": \"cascade\", {Panel}, \"cascade\": {{ {fields} }}";

    private static string Verify(string fields) => $"\"strategy\": \"verify\", \"verify\": {{ {fields} }}";

    private static string Specialist(string fields) => $"\"strategy\": \"specialist\", {Judge}, \"specialist\": {{ {fields} }}";

    private static string Route(string fields) => $"\"strategy\": \"route\", \"route\": {{ {fields} }}";

    private static string Rule(string fields) => Route($"\"default\": \"l\", \"rules\": [ {{ {fields} }} ]");

    private static string When(string fields) => Rule($"\"when\": {{ {fields} }}, \"to\": \"s\"");
}
