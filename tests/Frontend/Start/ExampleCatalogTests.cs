using System.Net;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>The catalogs that a reader is told to start from.</summary>
public sealed class ExampleCatalogTests
{
    private static readonly string Folder = Repository.PathOf("examples");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.jsonc").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Start_ExampleCatalog_IsServed(string file)
    {
        await using var gateway = await Gateway.StartAsync(null, new ManualTimeProvider(), null, "--Catalog:File", Path.Combine(Folder, file));

        // Some name keys, so that only callers who have one are answered.
        var ready = await gateway.GetAsync("/readyz");

        ready.Status.ShouldBe(HttpStatusCode.OK);
        ready.Json.GetProperty("catalog").GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Ask_EachStrategyOfTheExample_AnswersAndSaysWhy()
    {
        await using var gateway = await Gateway.StartAsync(null, TimeProvider.System, null, "--Catalog:File", Path.Combine(Folder, "strategies.jsonc"));
        var answers = await Task.WhenAll(new[] { "synthesize", "best_of", "vote", "consensus", "confidence", "adaptive", "cascade", "verify", "route", "specialist", "thrifty" }
            .Select(async alias => (alias, Answer: await gateway.ChatAsync(JsonSerializer.Serialize(new { model = alias, messages = new[] { new { role = "user", content = "What is 17 * 23?" } } })))));

        foreach (var (alias, answer) in answers)
        {
            answer.Status.ShouldBe(HttpStatusCode.OK, alias);
            answer.Content.ShouldNotBeNullOrWhiteSpace(alias);
            var manifest = (await gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}")).Json;
            manifest.GetProperty("strategy").GetString().ShouldBe(alias == "thrifty" ? "synthesize" : alias);
            manifest.GetProperty("outcome").GetString().ShouldBe("completed");
            manifest.GetProperty("sub_calls").EnumerateArray().ShouldAllBe(call => call.GetProperty("outcome").GetString() == "ok" || call.GetProperty("outcome").GetString() == "cancelled");
            manifest.GetProperty("cost_usd").ValueKind.ShouldBeOneOf(JsonValueKind.Number, JsonValueKind.Null);
        }
    }
}
