using System.Globalization;
using System.Text;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Tests;

public sealed class CatalogReaderErrorTests
{
    /// <summary>Broken catalog, path, part of the rule, part of the fix.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        // The file
        { "[]", "", "must be an object", "Write an object" },
        { "{}", "models", "is required", "List the models" },
        { """{ "models": {} }""", "models", "must be an array", "array" },
        { """{ "models": [], "model": [] }""", "model", "is not a known field", "Did you mean \"models\"?" },
        { """{ "models": [], "models": [] }""", "models", "is given twice", "Remove one" },
        { """{ "models": [ 5 ] }""", "models[0]", "must be an object", "object" },

        // Names
        { """{ "models": [ { "provider": "simulated" } ] }""", "models[0].display_name", "is required", "name" },
        { """{ "models": [ { "display_name": "", "provider": "simulated" } ] }""", "models[0].display_name", "is empty", "value" },
        { """{ "models": [ { "display_name": "a b", "provider": "simulated" } ] }""", "models[0].display_name", "characters other than", "only these" },
        { """{ "models": [ { "display_name": 5, "provider": "simulated" } ] }""", "models[0].display_name", "must be a string", "string" },
        {
            """{ "models": [ { "display_name": "a", "provider": "simulated" }, { "display_name": "a", "ensemble": { "panel": [ { "model": "a" } ], "judge": { "model": "a" } } } ] }""",
            "models[1].display_name", "is used twice: models[0]", "Rename"
        },

        // Models
        { """{ "models": [ { "display_name": "a" } ] }""", "models[0].provider", "is required", "openai" },
        { """{ "models": [ { "display_name": "a", "provider": "opanai" } ] }""", "models[0].provider", "is not one of", "Did you mean \"openai\"?" },
        { """{ "models": [ { "display_name": "a", "provider": "anthropic" } ] }""", "models[0].model", "is required", "provider's name" },
        { """{ "models": [ { "display_name": "a", "provider": "openai" } ] }""", "models[0].model", "is required", "provider's name" },
        { """{ "models": [ { "display_name": "a", "provider": "simulated", "base_url": "https://x/v1" } ] }""", "models[0].base_url", "no meaning for a simulated", "Remove it" },
        { CatalogSamples.WithModel("\"retires\": 2"), "models[0].retires", "is not a known field", "Did you mean \"retries\"?" },
        { CatalogSamples.WithModel("\"retries\": 11"), "models[0].retries", "whole number from 0 to 10", "range" },
        { CatalogSamples.WithModel("\"retries\": 1.5"), "models[0].retries", "whole number", "range" },
        { CatalogSamples.WithModel("\"retries\": \"2\""), "models[0].retries", "must be a whole number", "whole number" },
        { CatalogSamples.WithModel("\"timeout_ms\": 0"), "models[0].timeout_ms", "from 1 to 3600000", "range" },
        { CatalogSamples.WithModel("\"timeout_ms\": 1e99"), "models[0].timeout_ms", "from 1 to 3600000", "range" },
        { CatalogSamples.WithModel("\"kind\": \"chta\""), "models[0].kind", "is not one of", "Did you mean \"chat\"?" },
        { CatalogSamples.WithModel("\"context_tokens\": 0"), "models[0].context_tokens", "whole number from 1", "range" },
        { CatalogSamples.WithModel("\"family\": \" \""), "models[0].family", "is empty", "value" },
        { CatalogSamples.WithModel("\"simulated\": {}"), "models[0].simulated", "only where provider is", "provider" },
        { CatalogSamples.WithModel("\"price\": { \"input_per_million\": -1, \"output_per_million\": 1 }"), "models[0].price.input_per_million", "number from 0", "range" },
        { CatalogSamples.WithModel("\"price\": { \"input_per_million\": 1 }"), "models[0].price.output_per_million", "is required", "USD" },
        { CatalogSamples.WithModel("\"price\": { \"input_per_million\": 1, \"output_per_million\": 1, \"cached_per_million\": 1 }"), "models[0].price.cached_per_million", "is not a known field", "cached_input_per_million" },
        { CatalogSamples.WithModel("\"price\": { \"input_per_million\": 1, \"output_per_million\": 1, \"cache_write_per_million\": -1 }"), "models[0].price.cache_write_per_million", "number from 0", "range" },
        { CatalogSamples.WithPrice("\"tiers\": []"), "models[0].price.tiers", "fewer than 1 tiers", "Add one" },
        { CatalogSamples.WithPrice("\"tiers\": [ { \"input_per_million\": 3, \"output_per_million\": 3 } ]"), "models[0].price.tiers[0].above_input_tokens", "is required", "number of prompt tokens" },
        { CatalogSamples.WithPrice("\"tiers\": [ { \"above_input_tokens\": 0, \"input_per_million\": 3, \"output_per_million\": 3 } ]"), "models[0].price.tiers[0].above_input_tokens", "whole number from 1", "range" },
        { CatalogSamples.WithPrice("\"tiers\": [ { \"above_input_tokens\": 9, \"output_per_million\": 3 } ]"), "models[0].price.tiers[0].input_per_million", "is required", "USD" },
        { CatalogSamples.WithPrice("\"tiers\": [ { \"above_input_tokens\": 9, \"input_per_million\": 3, \"output_per_million\": 3 }, { \"above_input_tokens\": 9, \"input_per_million\": 3, \"output_per_million\": 3 } ]"), "models[0].price.tiers[1].above_input_tokens", "is not above the 9", "rising" },
        { CatalogSamples.WithPrice("\"tiers\": [ { \"above_input_tokens\": 9, \"input_per_million\": 3, \"output_per_million\": 1 } ]"), "models[0].price.tiers[0]", "output_per_million 1, which is less than the 2", "not below" },
        { CatalogSamples.WithModel("\"cache\": true"), "models[0].cache", "only where provider is \"anthropic\"", "Remove it" },
        { CatalogSamples.WithModel("\"cache\": 1"), "models[0].cache", "true or false", "" },
        { CatalogSamples.WithModel("\"rate_limit\": { \"concurrency\": 0 }"), "models[0].rate_limit.concurrency", "whole number from 1", "range" },
        { CatalogSamples.WithModel("\"cooldown\": { \"seconds\": 60, \"max_seconds\": 30 }"), "models[0].cooldown", "max_seconds below seconds", "Raise" },

        // Addresses
        { CatalogSamples.WithModel("\"base_url\": \"api.openai.com/v1\""), "models[0].base_url", "not an absolute http", "https://host/v1" },
        { CatalogSamples.WithModel("\"base_url\": \"ftp://host/v1\""), "models[0].base_url", "not an absolute http", "https://host/v1" },
        { CatalogSamples.WithModel("\"base_url\": \"http://8.8.8.8/v1\""), "models[0].base_url", "plain http", "https" },
        { CatalogSamples.WithModel("\"base_url\": \"https://u:p@host/v1\""), "models[0].base_url", "user name or password", "api_key" },
        { CatalogSamples.WithModel("\"base_url\": \"https://host/v1?k=v\""), "models[0].base_url", "query or fragment", "path" },
        { CatalogSamples.WithModel("\"base_url\": \"https://host/v1#f\""), "models[0].base_url", "query or fragment", "path" },

        // Parameters
        { CatalogSamples.WithModel("\"params\": { \"drop\": [ \"stream\" ] }"), "models[0].params.drop[0]", "may not be dropped", "Remove it" },
        { CatalogSamples.WithModel("\"params\": { \"drop\": [ \"max_tokens\" ] }"), "models[0].params.drop[0]", "may not be dropped", "Rename it" },
        { CatalogSamples.WithModel("\"params\": { \"drop\": [ \"response_format\" ] }"), "models[0].params.drop[0]", "may not be dropped", "Rename it" },
        { CatalogSamples.WithModel("\"params\": { \"set\": { \"n\": 2 } }"), "models[0].params.set.n", "may not be set", "Remove it" },
        { CatalogSamples.WithModel("\"params\": { \"rename\": { \"messages\": \"x\" } }"), "models[0].params.rename.messages", "may not be renamed", "Remove it" },
        { CatalogSamples.WithModel("\"params\": { \"rename\": { \"x\": \"model\" } }"), "models[0].params.rename.x", "may not be the new name", "Remove it" },
        { CatalogSamples.WithModel("\"params\": { \"rename\": { \"x\": \"z\", \"y\": \"z\" } }"), "models[0].params.rename.y", "new name of two", "Give each" },
        { CatalogSamples.WithModel("\"params\": { \"drop\": [\"x\"], \"rename\": { \"x\": \"z\" } }"), "models[0].params.rename.x", "renamed and dropped", "Remove it" },
        { CatalogSamples.WithModel("\"params\": { \"set\": { \"odd name\": 1, \"odd name\": 2 } }"), "models[0].params.set[\"odd name\"]", "is given twice", "Remove one" },
        { CatalogSamples.WithModel("\"params\": { \"n\": 2 }"), "models[0].params.n", "true or false", "" },
        { CatalogSamples.WithModel("\"params\": { \"developer_role\": \"sistem\" }"), "models[0].params.developer_role", "is not one of", "Did you mean \"system\"?" },

        // Simulated
        { CatalogSamples.WithSimulated("\"latency_ms\": [ 5, 1 ]"), "models[0].simulated.latency_ms", "shortest latency above", "Swap" },
        { CatalogSamples.WithSimulated("\"latency_ms\": [ 5 ]"), "models[0].simulated.latency_ms", "two numbers", "[min, max]" },
        { CatalogSamples.WithSimulated("\"latency_ms\": \"5\""), "models[0].simulated.latency_ms", "must be a number or an array", "array" },
        { CatalogSamples.WithSimulated("\"correlation\": -0.5"), "models[0].simulated.correlation", "number from 0 to 1", "range" },
        { CatalogSamples.WithSimulated("\"accuracy\": 1.1"), "models[0].simulated.accuracy", "number from 0 to 1", "range" },
        { CatalogSamples.WithSimulated("\"failure_rate\": -0.1"), "models[0].simulated.failure_rate", "number from 0 to 1", "range" },
        { CatalogSamples.WithSimulated("\"tokens_per_second\": 1e999"), "models[0].simulated.tokens_per_second", "number from 0", "range" },
        { CatalogSamples.WithSimulated("\"answers\": [ { \"match\": \"(\", \"text\": \"x\" } ]"), "models[0].simulated.answers[0].match", "not a valid regular expression", "Correct" },
        { CatalogSamples.WithSimulated("\"answers\": [ { \"match\": \"x\" } ]"), "models[0].simulated.answers[0].text", "is required", "answer" },
        { CatalogSamples.WithSimulated("\"answers\": [ { \"match\": \"x\", \"text\": \"y\", \"wrong\": [ 1 ] } ]"), "models[0].simulated.answers[0].wrong[0]", "must be a string", "string" },

        // Ensembles
        { """{ "models": [ { "display_name": "duo", "panel": [], "judge": {} } ] }""", "models[0].panel", "is not a known field", "Move it into \"ensemble\"" },
        { """{ "models": [ { "display_name": "duo", "ensemble": null } ] }""", "models[0].ensemble", "is required", "panel" },
        { CatalogSamples.WithEnsemble("\"display_name\": \"x\""), "models[2].ensemble.display_name", "is not a known field", "Move it out" },
        { CatalogSamples.WithEnsemble("\"stratgey\": \"synthesize\""), "models[2].ensemble.stratgey", "is not a known field", "Did you mean \"strategy\"?" },
        { CatalogSamples.WithEnsemble("\"strategy\": \"synthesise\""), "models[2].ensemble.strategy", "is not one of", "Did you mean \"synthesize\"?" },
        { CatalogSamples.WithEnsemble("\"budget\": { \"max_cost\": 3 }"), "models[2].ensemble.budget.max_cost", "is not a known field", "max_cost_usd" },
        { CatalogSamples.WithEnsemble("\"min_responses\": -1"), "models[2].ensemble.min_responses", "whole number", "range" },
        { CatalogSamples.WithEnsemble("\"straggler_grace_ms\": \"some\""), "models[2].ensemble.straggler_grace_ms", "\"all\" or null", "all" },
        { CatalogSamples.WithEnsemble("\"straggler_grace_ms\": -1"), "models[2].ensemble.straggler_grace_ms", "number from 0", "range" },
        { CatalogSamples.WithEnsemble("\"on_judge_failure\": \"random\""), "models[2].ensemble.on_judge_failure", "is not one of", "Use one of these" },
        { CatalogSamples.WithEnsemble("\"always_judge\": \"yes\""), "models[2].ensemble.always_judge", "must be true or false", "true or false" },
        { CatalogSamples.WithBlock("[]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel", "fewer than 1 members", "Add one" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alhpa\" } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].model", "names no model", "Did you mean \"alpha\"?" },
        { CatalogSamples.WithBlock("[ { \"model\": \"duo\" } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].model", "ensembles do not nest", "direct model" },
        { CatalogSamples.WithBlock("[ { \"model\": \"vec\" } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].model", "embedding model", "chat" },
        { CatalogSamples.WithBlock("[ {} ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].model", "is required", "direct model" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"weight\": 0 } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].weight", "above 0", "positive" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"samples\": 33 } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].samples", "from 1 to 32", "range" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"temperature\": 2.1 } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel[0].temperature", "from 0 to 2", "range" },
        { CatalogSamples.WithBlock(Repeat("{ \"model\": \"alpha\", \"samples\": 13 }", 5), "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel", "65 answers, at most 64", "samples" },
        { CatalogSamples.WithBlock(Repeat("{ \"model\": \"alpha\" }", 33), "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel", "33 members, at most 32", "Remove" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "null"), "models[2].ensemble.judge", "is required", "model" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "{ \"model\": \"alpha\", \"fallbacks\": [ \"vec\" ] }"), "models[2].ensemble.judge.fallbacks[0]", "embedding model", "chat" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "{ \"model\": \"alpha\", \"synthesis_prompt\": \"{labeled_candidates}\" }"), "models[2].ensemble.judge.synthesis_prompt", "lacks {original_request}", "Put it" },
        {
            CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "{ \"model\": \"alpha\", \"synthesis_prompt\": \"{original_request}{labeled_candidates}{labeled_candidates}\" }"),
            "models[2].ensemble.judge.synthesis_prompt", "more than once", "Keep one"
        },

        // Keys
        { CatalogSamples.WithKeys("{ \"key\": \"sk-0123456789abcdef\" }"), "keys[0].name", "is required", "name" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\" }"), "keys[0]", "neither key nor key_sha256", "exactly one" },
        { CatalogSamples.WithKeys($"{{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"key_sha256\": \"{new string('0', 64)}\" }}"), "keys[0]", "both key and", "exactly one" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"short\" }"), "keys[0].key", "from 16 to 512", "random" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sixteen characters\" }"), "keys[0].key", "Authorization header", "ASCII" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key_sha256\": \"abc\" }"), "keys[0].key_sha256", "64 hexadecimal", "digest" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"expires_at\": \"soon\" }"), "keys[0].expires_at", "ISO 8601", "2030" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"expires_at\": \"2030-01-01T00:00:00\" }"), "keys[0].expires_at", "no offset", "2030" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"rate_limit\": { \"rpm\": 0 } }"), "keys[0].rate_limit.rpm", "whole number from 1", "range" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"monthly_budget_usd\": 0 }"), "keys[0].monthly_budget_usd", "must be above 0", "a month" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"allowed_models\": [ \"a b\" ] }"), "keys[0].allowed_models[0]", "characters other than", "pattern" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"allowed_models\": [] }"), "keys[0].allowed_models", "fewer than 1", "Add one" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\" }, { \"name\": \"x\", \"key\": \"sk-0123456789abcdeg\" }"), "keys[1].name", "used twice: keys[0]", "Rename" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\" }, { \"name\": \"y\", \"key\": \"sk-0123456789abcdef\" }"), "keys[1].key", "same key as that of keys[0]", "its own" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_OneMistake_IsOneErrorWithPathRuleAndFix(string json, string path, string rule, string fix)
    {
        var result = CatalogSamples.Read(json);

        result.Snapshot.ShouldBeNull();
        var error = result.Errors.Where(issue => issue.Path == path && issue.Rule.Contains(rule, StringComparison.Ordinal)).ShouldHaveSingleItem(
            string.Join('\n', result.Errors));
        error.Fix.ShouldContain(fix, Case.Sensitive);
    }

    [Fact]
    public void Read_TenMistakes_ReportsAllOfThemInOneGo()
    {
        var result = CatalogSamples.Read("""
            {
              "models": [
                { "display_name": "a", "provider": "openai", "timeout_ms": -1, "api_key": "sk-clear-text-secret" },
                { "display_name": "a", "provider": "mystery" },
                { "display_name": "duo", "ensemble": {
                    "panel": [ { "model": "nobody" }, { "model": "a", "weight": "heavy" } ],
                    "judge": { "model": "duo" }, "strategy": "votes", "extra": 1 } }
              ],
              "keys": [ { "name": "k", "key": "tiny" } ]
            }
            """);

        result.Errors.Select(error => error.Path).ShouldBe(
            [
                "models[0].model", "models[0].api_key", "models[0].timeout_ms", "models[1].display_name", "models[1].provider",
                "models[2].ensemble.extra", "models[2].ensemble.panel[1].weight", "models[2].ensemble.strategy",
                "models[2].ensemble.panel[0].model", "models[2].ensemble.judge.model", "keys[0].key",
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("{\n  \"models\": [\n    { \"a\": tru }\n  ]\n}", "line 3, column ")]
    [InlineData("{\n  \"models\": [", "line 2, column 14")]
    [InlineData("{} {}", "line 1, column 4")]
    [InlineData("{ \"ääää\": ! }", "line 1, column 11")]
    [InlineData("{\n \"models\": [ \"\\ud800\" ] }", "line 2, column 14")]
    public void Read_InvalidJson_IsOneErrorWithLineAndColumn(string json, string place)
    {
        var error = CatalogSamples.Read(json).Errors.ShouldHaveSingleItem();

        error.Path.ShouldStartWith(place, Case.Sensitive);
        error.Rule.ShouldStartWith("is not valid JSON", Case.Sensitive);
    }

    [Fact]
    public void Read_EmptyFile_IsOneErrorThatSaysWhatToWrite()
    {
        var error = CatalogSamples.Read("").Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("line 1, column 1");
        error.Rule.ShouldBe("is empty");
        error.Fix.ShouldContain("{\"models\": []}");
    }

    [Theory]
    [InlineData("tvery-secret")]
    [InlineData("nvery-secret")]
    [InlineData("very-secret")]
    [InlineData("'very-secret'")]
    public void Read_SecretWithoutQuotes_IsNeverShown(string text)
    {
        var report = CatalogReport.Format(CatalogSamples.Read($$"""{ "models": [ { "api_key": {{text}} } ] }"""));

        report.ShouldContain("is not valid JSON");
        report.ShouldNotContain("very");
    }

    [Fact]
    public void Read_TooDeep_IsOneError()
    {
        var json = string.Concat(Enumerable.Repeat("[", 65)) + string.Concat(Enumerable.Repeat("]", 65));

        CatalogSamples.Read(json).Errors.ShouldHaveSingleItem().Rule.ShouldContain("depth");
    }

    [Fact]
    public void Read_TooLarge_IsOneError()
    {
        var json = new byte[(4 * 1024 * 1024) + 1];

        CatalogReader.Read(json, 1).Errors.ShouldHaveSingleItem().Rule.ShouldBe("is larger than 4 MiB");
    }

    [Fact]
    public void Read_InvalidUtf8_SaysWhere()
    {
        var error = CatalogReader.Read((byte[])[.. "{\n  \""u8, 0xFF, .. "\": 1 }"u8], 1).Errors.ShouldHaveSingleItem();

        error.ShouldBe(new CatalogIssue("line 2, column 4", "is not UTF-8", null, "Save the file as UTF-8."));
    }

    [Theory]
    [InlineData("\"api_key\": \"sk-very-secret\"")]
    [InlineData("\"api_key\": \"env:sk-very-secret\"")]
    [InlineData("\"api_key\": \"file:sk-very-secret\"")]
    [InlineData("\"api_key\": [ \"sk-very-secret\" ]")]
    [InlineData("\"apikey\": \"sk-very-secret\"")]
    [InlineData("\"base_url\": \"https://sk-very-secret@host/v1\"")]
    [InlineData("\"base_url\": \"https://host/v1?key=sk-very-secret\"")]
    [InlineData("\"base_url\": \"https://x:sk-very-secret@ho st/v1\"")]
    [InlineData("\"params\": { \"set\": { \"n\": \"sk-very-secret\" } }")]
    public void Read_SecretInTheWrongPlace_IsNeverShown(string field)
    {
        var result = CatalogSamples.Read($$"""{ "models": [ { "display_name": "a", "provider": "openai", "model": "m", {{field}} } ] }""");

        result.Errors.ShouldNotBeEmpty();
        CatalogReport.Format(result).ShouldNotContain("very-secret");
    }

    [Theory]
    [InlineData("\"key\": \"very-secret\"")]
    [InlineData("\"key\": \"very-secret with blanks\"")]
    [InlineData("\"key\": [\"very-secret\"]")]
    [InlineData("\"key_sha256\": \"very-secret\"")]
    public void Read_BrokenCallerKey_IsNeverShown(string field)
    {
        var result = CatalogSamples.Read(CatalogSamples.WithKeys($"{{ \"name\": \"x\", {field} }}"));

        result.Errors.ShouldNotBeEmpty();
        CatalogReport.Format(result).ShouldNotContain("very-secret");
    }

    [Fact]
    public void Read_SecretInClear_SaysHowToReferenceIt()
    {
        var json = """{ "models": [ { "display_name": "a", "provider": "openai", "model": "m", "api_key": "sk-123" } ] }""";

        var error = CatalogSamples.Read(json).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("models[0].api_key");
        error.Value.ShouldBeNull();
        error.Fix.ShouldContain("env:NAME");
        error.Fix.ShouldContain("file:/absolute/path");
    }

    [Fact]
    public void Read_ControlCharacters_DoNotReachTheReport()
    {
        var result = CatalogSamples.Read("""{ "models": [], "\u001b[2J\u202e": 1, "keys": "\u001b[31m\nx" }""");

        var report = CatalogReport.Format(result);
        report.Split('\n').Length.ShouldBe(3);
        report.Any(c => char.IsControl(c) && c != '\n').ShouldBeFalse();
        report.ShouldNotContain("\u202e");
    }

    [Fact]
    public void Read_EndlessMistakes_AreBounded()
    {
        var json = new StringBuilder("""{ "models": [""");
        for (var i = 0; i < 5000; i++)
        {
            json.Append(CultureInfo.InvariantCulture, $"{i},");
        }

        var result = CatalogSamples.Read(json.Append("] }").ToString());

        result.Errors.Count.ShouldBe(501);
        result.Errors[^1].Rule.ShouldContain("more than 500");
    }

    private static string Repeat(string item, int times) => $"[ {string.Join(", ", Enumerable.Repeat(item, times))} ]";
}
