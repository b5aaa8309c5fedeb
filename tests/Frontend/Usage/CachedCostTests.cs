using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Usage;

/// <summary>What a run costs where providers cache: by hand, in the answer, in the manifest and in the ledger.</summary>
public sealed class CachedCostTests
{
    private static readonly PriceConfig Price = new(3, 15)
    {
        CachedInputPerMillion = 0.3m,
        CacheWritePerMillion = 3.75m,
        ReasoningPerMillion = 20,
        Tiers =
        [
            new PriceTier(200_000, new PriceConfig(6, 22.5m) { CachedInputPerMillion = 0.6m, CacheWritePerMillion = 7.5m, ReasoningPerMillion = 30 }),
        ],
    };

    /// <summary>By OpenAI, DeepSeek, Gemini and, for the judge, OpenRouter.</summary>
    private static readonly string[] Usages =
    [
        """{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920},"completion_tokens_details":{"reasoning_tokens":192}}""",
        """{"prompt_tokens":250000,"completion_tokens":40,"total_tokens":250040,"prompt_cache_hit_tokens":240000,"prompt_cache_miss_tokens":10000}""",
        """{"prompt_tokens":20,"completion_tokens":198,"total_tokens":623}""",
        """{"prompt_tokens":1940,"completion_tokens":120,"total_tokens":2060,"prompt_tokens_details":{"cached_tokens":1000,"cache_write_tokens":900},"completion_tokens_details":{"reasoning_tokens":100}}""",
    ];

    private const decimal ByHand =
        ((86 * 3m) + (1920 * 0.3m) + (108 * 15m) + (192 * 20m)
        + (10_000 * 6m) + (240_000 * 0.6m) + (40 * 22.5m)
        + (20 * 3m) + (198 * 15m) + (405 * 20m)
        + (40 * 3m) + (1000 * 0.3m) + (900 * 3.75m) + (20 * 15m) + (100 * 20m)) / 1_000_000m;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OverProvidersThatCache_CostsTheSameEverywhere(bool streamed)
    {
        await using var council = await Council.StartAsync(
            shape: council => council with { AlwaysJudge = true, MinResponses = 3 },
            model: model => model with { Price = Price, Retries = 0 },
            configure: static services => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>()),
            args: AdminExtensions.KeyOption);
        for (var member = 0; member < 3; member++)
        {
            council.Model(Council.Members[member]).Enqueue(Whole($"answer {member}", Usages[member]));
        }

        council.Model(Council.Judge).Enqueue(streamed
            ? StubReply.Stream(StubStep.Delta("Paris."), StubStep.Finish(), StubStep.Raw($$"""{"choices":[],"usage":{{Usages[3]}}}"""), StubStep.Done())
            : Whole("Paris.", Usages[3]));

        var (run, usage) = streamed ? await StreamAsync(council) : await AskAsync(council);
        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);

        (Tokens(usage, "prompt_tokens"), Tokens(usage, "completion_tokens")).ShouldBe((253_966, 1063));
        var prompt = usage.GetProperty("prompt_tokens_details");
        (Tokens(prompt, "cached_tokens"), Tokens(prompt, "cache_write_tokens")).ShouldBe((242_920, 900));
        Tokens(usage.GetProperty("completion_tokens_details"), "reasoning_tokens").ShouldBe(697);

        var manifest = (await council.Gateway.ReadAsync($"/v1/runs/{run}")).Json;
        manifest.GetProperty("cost_usd").GetDecimal().ShouldBe(ByHand);
        var calls = manifest.GetProperty("sub_calls").EnumerateArray().ToList();
        calls.Count.ShouldBe(4);
        calls.Sum(call => call.GetProperty("cost_usd").GetDecimal()).ShouldBe(ByHand);
        calls.Sum(call => Tokens(call, "cached_tokens")).ShouldBe(242_920);
        calls.Sum(call => Tokens(call, "reasoning_tokens")).ShouldBe(697);

        var store = (InMemoryUsageStore)council.Gateway.Services.GetRequiredService<IUsageStore>();
        store.SubCalls.Sum(call => call.CostUsd).ShouldBe(ByHand);
        store.Runs.ShouldHaveSingleItem().Usage.CostUsd.ShouldBe(ByHand);
        var group = (await council.Gateway.ReadAsync("/admin/usage?group_by=ensemble")).Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        group.GetProperty("cost_usd").GetDecimal().ShouldBe(ByHand);
        (Tokens(group, "cached_tokens"), Tokens(group, "cache_write_tokens"), Tokens(group, "reasoning_tokens")).ShouldBe((242_920, 900, 697));
        group.GetProperty("cached_share").GetDecimal().ShouldBe(decimal.Round(242_920m / 253_966, 6));
    }

    private static StubReply Whole(string text, string usage) => StubReply.RawBody(
        200, $$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"{{text}}"},"finish_reason":"stop"}],"usage":{{usage}}}""", "application/json");

    private static async Task<(string Run, JsonElement Usage)> AskAsync(Council council)
    {
        var answer = await council.Gateway.ChatAsync(Council.Ask);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        decimal.Parse(answer.Header("x-ensemble-cost-usd")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(decimal.Round(ByHand, 8));
        return (answer.Header("x-ensemble-run-id")!, answer.Json.GetProperty("usage"));
    }

    private static async Task<(string Run, JsonElement Usage)> StreamAsync(Council council)
    {
        using var stream = await council.Gateway.StreamAsync(
            """{"model":"council","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"The capital of France?"}]}""");
        var usage = EventStream.Chunks(await stream.RestAsync())
            .Select(chunk => chunk.TryGetProperty("usage", out var told) && told.ValueKind == JsonValueKind.Object ? told : default)
            .Last(told => told.ValueKind == JsonValueKind.Object);
        return (stream.Header("x-ensemble-run-id")!, usage);
    }

    private static long Tokens(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } tokens ? tokens.GetInt64() : 0;
}
