using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Tests;

public sealed class CatalogReaderTests
{
    [Fact]
    public void Read_ValidFile_HasEveryEntryAndTheGivenRevision()
    {
        var result = CatalogSamples.Read(CatalogSamples.Valid, CatalogSamples.Secrets(("KEY_A", "secret")));

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        var snapshot = result.Snapshot.ShouldNotBeNull();
        snapshot.Revision.ShouldBe(7);
        snapshot.Models.Keys.ShouldBe(["a", "b", "vectors"], ignoreOrder: true);
        snapshot.Ensembles.Keys.ShouldBe(["duo"]);
        var key = snapshot.Keys.ShouldHaveSingleItem();
        key.Sha256.ToArray().ShouldBe(SHA256.HashData("sk-0123456789abcdef"u8));
    }

    [Fact]
    public void Read_ByteOrderMark_IsSkipped()
    {
        byte[] json = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(CatalogSamples.Valid)];

        CatalogReader.Read(json, 1).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Read_ModelWithoutOptions_HasTheDefaults()
    {
        var model = CatalogSamples.Read(CatalogSamples.Valid).Snapshot!.Models["a"];

        model.BaseUrl.ShouldBe(new Uri("https://api.openai.com/v1"));
        model.ApiKey.ShouldBe(new SecretReference(SecretSource.Environment, "KEY_A"));
        model.Kind.ShouldBe(ModelKind.Chat);
        model.Timeout.ShouldBe(TimeSpan.FromSeconds(60));
        model.Retries.ShouldBe(2);
        model.Params.ShouldBe(ParamsConfig.None);
        model.Cooldown.ShouldBe(CooldownConfig.Default);
        model.Price.ShouldBeNull();
        model.Simulated.ShouldBeNull();
    }

    [Fact]
    public void Read_AnthropicModelWithoutOptions_HasItsProvidersAddress()
    {
        var result = CatalogSamples.Read("""{ "models": [ { "display_name": "a", "provider": "anthropic", "model": "m", "api_key": "env:KEY_A" } ] }""");

        result.Errors.ShouldBeEmpty();
        var model = result.Snapshot!.Models["a"];
        model.Provider.ShouldBe(ProviderKind.Anthropic);
        model.BaseUrl.ShouldBe(new Uri("https://api.anthropic.com/v1"));
    }

    [Fact]
    public void Read_SimulatedModelWithoutOptions_IsNamedAfterItselfAndHasTheDefaults()
    {
        var model = CatalogSamples.Read(CatalogSamples.Valid).Snapshot!.Models["b"];

        model.Model.ShouldBe("b");
        model.BaseUrl.ShouldBeNull();
        model.Simulated.ShouldNotBeNull().Accuracy.ShouldBe(0.8);
        model.Simulated.MinLatency.ShouldBe(TimeSpan.FromMilliseconds(150));
    }

    [Fact]
    public void Read_EveryModelField_IsTaken()
    {
        var model = CatalogSamples.Read("""
            { "models": [ {
              "display_name": "org/kimi-k2:latest@eu", "provider": "openai", "base_url": "http://127.0.0.1:9000/v1/", "model": "kimi-k2-0905",
              "api_key": "file:/run/secrets/kimi", "kind": "embedding", "family": "kimi", "context_tokens": 128000, "max_output_tokens": 8192,
              "timeout_ms": 6e4, "retries": 0,
              "params": { "drop": ["seed"], "rename": { "max_tokens": "max_completion_tokens" },
                          "set": { "extra": { /* gone */ "a": [1, 2,], } }, "developer_role": "system", "n": false },
              "rate_limit": { "rpm": 600, "tpm": 200000, "rpd": 50000, "concurrency": 40 },
              "cooldown": { "after_failures": 5, "seconds": 10, "max_seconds": 20 },
              "price": { "input_per_million": 0.55, "output_per_million": 2.2 } } ] }
            """.Replace("/* gone */", "// gone\n", StringComparison.Ordinal)).Snapshot.ShouldNotBeNull().Models["org/kimi-k2:latest@eu"];

        model.BaseUrl!.AbsoluteUri.ShouldBe("http://127.0.0.1:9000/v1");
        model.Model.ShouldBe("kimi-k2-0905");
        model.ApiKey.ShouldBe(new SecretReference(SecretSource.File, "/run/secrets/kimi"));
        model.Kind.ShouldBe(ModelKind.Embedding);
        model.Family.ShouldBe("kimi");
        model.ContextTokens.ShouldBe(128000);
        model.MaxOutputTokens.ShouldBe(8192);
        model.Timeout.ShouldBe(TimeSpan.FromMinutes(1));
        model.Retries.ShouldBe(0);
        model.Params.Drop.ShouldBe(["seed"]);
        model.Params.Rename.ShouldHaveSingleItem().ShouldBe(new("max_tokens", "max_completion_tokens"));
        Encoding.UTF8.GetString(model.Params.Set["extra"].Span).ShouldBe("""{"a":[1,2]}""");
        model.Params.DeveloperRole.ShouldBe("system");
        model.Params.N.ShouldBe(false);
        model.RateLimit.ShouldBe(new RateLimitConfig { Rpm = 600, Tpm = 200000, Rpd = 50000, Concurrency = 40 });
        model.Cooldown.ShouldBe(new CooldownConfig { AfterFailures = 5, Pause = TimeSpan.FromSeconds(10), MaxPause = TimeSpan.FromSeconds(20) });
        model.Price.ShouldBe(new PriceConfig(0.55m, 2.2m));
    }

    [Fact]
    public void Read_PricesOfEveryKind_AreTakenAndThoseThatLackAreOfInputAndOutput()
    {
        var snapshot = CatalogSamples.Read(CatalogSamples.WithPrice("""
            "cached_input_per_million": 0.1, "cache_write_per_million": 1.25,
            "tiers": [ { "above_input_tokens": 2e5, "input_per_million": 2, "output_per_million": 4, "cached_input_per_million": 0.2, "reasoning_per_million": 5 } ]
            """)).Snapshot;
        var read = snapshot.ShouldNotBeNull().Models["a"].Price.ShouldNotBeNull();
        (read with { Tiers = [] }).ShouldBe(new PriceConfig(1, 2) { CachedInputPerMillion = 0.1m, CacheWritePerMillion = 1.25m, ReasoningPerMillion = 2 });
        read.Tiers.ShouldHaveSingleItem().ShouldBe(
            new PriceTier(200_000, new PriceConfig(2, 4) { CachedInputPerMillion = 0.2m, CacheWritePerMillion = 2, ReasoningPerMillion = 5 }));
    }

    [Fact]
    public void Read_Cache_IsTakenForAnthropic() =>
        CatalogSamples.Read("""{ "models": [ { "display_name": "a", "provider": "anthropic", "model": "m", "api_key": "env:KEY_A", "cache": true } ] }""")
            .Snapshot.ShouldNotBeNull().Models["a"].MarksCache.ShouldBeTrue();

    [Fact]
    public void Read_SimulatedAnswers_AreBoundedRegexes()
    {
        var simulated = CatalogSamples.Read(CatalogSamples.WithSimulated("""
            "seed": -3, "latency_ms": 90, "tokens_per_second": 0, "failure_rate": 0.25, "accuracy": 1, "correlation": 0.5,
            "answers": [ { "match": "capital of \\w+", "text": "Paris", "wrong": ["Lyon"] }, { "match": "(?<=a)b", "text": "c" } ]
            """)).Snapshot!.Models["a"].Simulated!;

        simulated.Seed.ShouldBe(-3);
        (simulated.MinLatency, simulated.MaxLatency).ShouldBe((TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(90)));
        (simulated.TokensPerSecond, simulated.FailureRate, simulated.Accuracy, simulated.Correlation).ShouldBe((0d, 0.25, 1d, 0.5));
        simulated.Answers.Count.ShouldBe(2);
        simulated.Answers[0].Wrong.ShouldBe(["Lyon"]);
        simulated.Answers[0].Match.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeTrue();
        simulated.Answers[1].Match.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeFalse();
        simulated.Answers[1].Match.IsMatch("ab").ShouldBeTrue();
        simulated.Answers.ShouldAllBe(answer => answer.Match.MatchTimeout == TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Read_EnsembleWithPanelAndJudgeOnly_HasTheDefaults()
    {
        var ensemble = CatalogSamples.Read(CatalogSamples.Valid).Snapshot!.Ensembles["duo"];

        ensemble.Strategy.ShouldBe(StrategyKind.Synthesize);
        ensemble.MinResponses.ShouldBe(2);
        ensemble.Timeout.ShouldBeNull();
        ensemble.IdleTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        ensemble.Deadline.ShouldBe(TimeSpan.FromSeconds(120));
        ensemble.MaxAnswer.ShouldBe(TimeSpan.FromSeconds(300));
        ensemble.StreamCommit.ShouldBe(TimeSpan.FromSeconds(5));
        ensemble.StragglerGrace.ShouldBeNull();
        ensemble.AlwaysJudge.ShouldBeFalse();
        ensemble.OnJudgeFailure.ShouldBe(OnJudgeFailure.BestCandidate);
        ensemble.Judge!.Model.ShouldBe("a");
        ensemble.Judge!.SynthesisPrompt.ShouldBeNull();
        ensemble.Judge!.Temperature.ShouldBe(0.2);
        ensemble.Judge!.Fallbacks.ShouldBeEmpty();
        ensemble.Panel.ShouldBe([new PanelMemberConfig { Model = "a" }, new PanelMemberConfig { Model = "b" }]);
    }

    [Fact]
    public void Read_EnsembleWithEveryDefaultWrittenOut_IsTheSameAsWithoutThem()
    {
        var written = CatalogSamples.Read(CatalogSamples.WithEnsemble("""
            "strategy": "synthesize", "min_responses": 2, "timeout_ms": 0, "idle_timeout_ms": 30000, "deadline_ms": 120000,
            "max_answer_ms": 300000, "stream_commit_ms": 5000, "straggler_grace_ms": null, "always_judge": false, "analysis": false,
            "on_judge_failure": "best_candidate", "answer_type": "auto",
            "tools": { "mode": "advise", "panel": "every_request" },
            "budget": { "max_cost_usd": null, "max_tokens": null, "max_calls": null }, "on_budget": "degrade", "cascade": null
            """));

        written.Errors.ShouldBeEmpty();
        written.Warnings.ShouldBeEmpty();
        var plain = CatalogSamples.Read(CatalogSamples.WithEnsemble("\"always_judge\": null")).Snapshot!.Ensembles["duo"];
        (written.Snapshot!.Ensembles["duo"] with { Panel = plain.Panel, Judge = plain.Judge }).ShouldBe(plain);
    }

    [Fact]
    public void Read_EnsembleWithOtherValues_TakesThem()
    {
        var ensemble = CatalogSamples.Read(CatalogSamples.WithEnsemble("""
            "min_responses": 1, "timeout_ms": 5000, "idle_timeout_ms": 1, "deadline_ms": 2, "max_answer_ms": 3, "stream_commit_ms": 0,
            "straggler_grace_ms": 12.5, "always_judge": true, "on_judge_failure": "fail"
            """)).Snapshot!.Ensembles["duo"];

        ensemble.MinResponses.ShouldBe(1);
        ensemble.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        ensemble.IdleTimeout.ShouldBe(TimeSpan.FromMilliseconds(1));
        ensemble.Deadline.ShouldBe(TimeSpan.FromMilliseconds(2));
        ensemble.MaxAnswer.ShouldBe(TimeSpan.FromMilliseconds(3));
        ensemble.StreamCommit.ShouldBe(TimeSpan.Zero);
        ensemble.StragglerGrace.ShouldBe(new StragglerGrace(TimeSpan.FromMilliseconds(12.5)));
        ensemble.AlwaysJudge.ShouldBeTrue();
        ensemble.OnJudgeFailure.ShouldBe(OnJudgeFailure.Fail);
    }

    [Fact]
    public void Read_StragglerGraceAll_WaitsForAll() =>
        CatalogSamples.Read(CatalogSamples.WithEnsemble("\"straggler_grace_ms\": \"all\"")).Snapshot!.Ensembles["duo"].StragglerGrace
            .ShouldBe(StragglerGrace.All);

    [Fact]
    public void Read_JudgeTemperatureNull_IsLeftOut()
    {
        var json = CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"samples\": 2 } ]", "{ \"model\": \"alpha\", \"temperature\": null }");

        CatalogSamples.Read(json).Snapshot!.Ensembles["duo"].Judge!.Temperature.ShouldBeNull();
    }

    [Fact]
    public void Read_EnsembleThatAisixDocuments_IsTakenAsItStands()
    {
        var result = CatalogSamples.Read("""
            { "models": [
              { "display_name": "kimi-k2", "provider": "simulated" }, { "display_name": "deepseek-v3", "provider": "simulated" },
              { "display_name": "council",
                "ensemble": {
                  "panel": [ { "model": "kimi-k2", "temperature": 0.7, "seed": 1, "weight": 2 }, { "model": "deepseek-v3", "temperature": 0.9 } ],
                  "judge": { "model": "deepseek-v3", "synthesis_prompt": "Q: {original_request}\nA: {labeled_candidates}" },
                  "min_responses": 2, "timeout_ms": 30000 } } ] }
            """);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        var council = result.Snapshot!.Ensembles["council"];
        council.Panel[0].ShouldBe(new PanelMemberConfig { Model = "kimi-k2", Temperature = 0.7, Seed = 1, Weight = 2 });
        council.Judge!.SynthesisPrompt.ShouldBe("Q: {original_request}\nA: {labeled_candidates}");
        council.MinResponses.ShouldBe(2);
        council.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Read_Key_TakesEveryField()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("sk-x"u8));
        var key = CatalogSamples.Read(CatalogSamples.WithKeys($$"""
            { "name": "Ops laptop", "key_sha256": "{{hash}}", "allowed_models": ["a", "a*"], "expires_at": "2030-01-31T12:00:00+02:00",
              "disabled": true, "read_manifests": true, "rate_limit": null }
            """)).Snapshot!.Keys.ShouldHaveSingleItem();

        key.Name.ShouldBe("Ops laptop");
        Convert.ToHexStringLower(key.Sha256.Span).ShouldBe(hash);
        key.AllowedModels.ShouldBe(["a", "a*"]);
        key.ExpiresAt.ShouldBe(new DateTimeOffset(2030, 1, 31, 10, 0, 0, TimeSpan.Zero));
        key.Disabled.ShouldBeTrue();
        key.ReadManifests.ShouldBeTrue();
    }

    [Fact]
    public void Read_KeyByReference_HashesTheSecret()
    {
        var json = CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"env:CALLER\" }");

        var result = CatalogSamples.Read(json, CatalogSamples.Secrets(("CALLER", "sk-0123456789abcdef\n")));

        result.Warnings.ShouldBeEmpty();
        var key = result.Snapshot!.Keys.ShouldHaveSingleItem();
        key.Sha256.ToArray().ShouldBe(SHA256.HashData("sk-0123456789abcdef"u8));
        key.Disabled.ShouldBeFalse();
    }

    [Fact]
    public void Read_KeyByReferenceThatIsNotThere_IsDisabledWithAWarning()
    {
        var json = CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"env:CALLER\" }");

        var result = CatalogSamples.Read(json, CatalogSamples.Secrets());

        result.Snapshot!.Keys.ShouldHaveSingleItem().Disabled.ShouldBeTrue();
        var warning = result.Warnings.ShouldHaveSingleItem();
        warning.Path.ShouldBe("keys[0].key");
        warning.Rule.ShouldContain("env:CALLER is not set");
    }

    /// <summary>Catalog, path and part of the rule of its one warning.</summary>
    public static TheoryData<string, string, string> Doubtful => new()
    {
        { """{ "models": [] }""", "", "no model" },
        { """{ "models": [ { "display_name": "a", "provider": "openai", "model": "m" } ] }""", "models[0]", "no api_key, which api.openai.com" },
        { """{ "models": [ { "display_name": "a", "provider": "anthropic", "model": "m" } ] }""", "models[0]", "no api_key, which api.anthropic.com" },
        { """{ "models": [ { "display_name": "a", "provider": "simulated", "api_key": "env:X" } ] }""", "models[0].api_key", "not used by a simulated" },
        { CatalogSamples.WithModel("\"rate_limit\": { \"tpm\": 1 }"), "models[0].rate_limit.tpm", "less than the 1024 tokens" },
        { CatalogSamples.WithModel("\"api_key\": \"env:MISSING\"").Replace("\"api_key\": \"env:KEY_A\", ", "", StringComparison.Ordinal), "models[0].api_key", "env:MISSING is not set" },
        { CatalogSamples.WithModel("\"api_key\": \"file:/no/such/file\"").Replace("\"api_key\": \"env:KEY_A\", ", "", StringComparison.Ordinal), "models[0].api_key", "file:/no/such/file does not exist" },
        { CatalogSamples.WithEnsemble("\"min_responses\": 3"), "models[2].ensemble.min_responses", "taken as 2" },
        { CatalogSamples.WithEnsemble("\"min_responses\": 0"), "models[2].ensemble.min_responses", "taken as 1" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "{ \"model\": \"alpha\" }"), "models[2].ensemble.panel", "one answer only" },
        { CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"samples\": 2 } ]", "{ \"model\": \"alpha\", \"fallbacks\": [\"alpha\"] }"), "models[2].ensemble.judge.fallbacks[0]", "asked before" },
        { CatalogSamples.Valid.Replace("\"two\"", "\"one\"", StringComparison.Ordinal), "models[3].ensemble.panel", "one family" },
        { CatalogSamples.WithKeys("{ \"name\": \"x\", \"key\": \"sk-0123456789abcdef\", \"allowed_models\": [\"gpt-*\"] }"), "keys[0].allowed_models[0]", "matches no alias" },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void Read_DoubtfulCatalog_IsServedWithOneWarning(string json, string path, string rule)
    {
        var result = CatalogSamples.Read(json, CatalogSamples.Secrets(("KEY_A", "secret")));

        result.Errors.ShouldBeEmpty();
        result.Snapshot.ShouldNotBeNull();
        var warning = result.Warnings.ShouldHaveSingleItem();
        warning.Path.ShouldBe(path);
        warning.Rule.ShouldContain(rule, Case.Sensitive);
    }

    [Fact]
    public void Read_OneMemberAskedOnce_NeedsOneResponse() =>
        CatalogSamples.Read(CatalogSamples.WithBlock("[ { \"model\": \"alpha\" } ]", "{ \"model\": \"alpha\" }"))
            .Snapshot!.Ensembles["duo"].MinResponses.ShouldBe(1);

    [Fact]
    public void Read_MinResponsesAboveTheAnswers_CountsSamples() =>
        CatalogSamples.Read(CatalogSamples.WithBlock("[ { \"model\": \"alpha\", \"samples\": 5 } ]", "{ \"model\": \"alpha\" }").Replace("\"judge\"", "\"min_responses\": 9, \"judge\"", StringComparison.Ordinal))
            .Snapshot!.Ensembles["duo"].MinResponses.ShouldBe(5);
}
