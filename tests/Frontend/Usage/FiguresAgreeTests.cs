using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Frontend.Tests.Telemetry;
using Ensemble.Silo.Telemetry;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Usage;

/// <summary>
/// What callers are told, what is in the database, what is measured and what is watched live are the same figures, whatever becomes of the runs.
/// </summary>
public sealed partial class FiguresAgreeTests(PostgresServer postgres)
{
    private const int Runs = 9;

    /// <summary>Of the runs before the last one.</summary>
    private const int JudgeCalls = 6;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Runs_OfEveryKind_HaveTheSameFiguresEverywhere(string provider)
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-figures-");
        var connection = provider == "postgres" ? await postgres.CreateDatabaseAsync() : $"Data Source={Path.Combine(folder.FullName, "ensemble.db")}";
        await using (var council = await StartAsync(provider, connection))
        {
            using var live = await LiveUsage.OpenAsync(council.Gateway.Http, key: AdminExtensions.Key);
            var told = await AskEverythingAsync(council);
            var (calls, runs) = await WatchAsync(live);
            await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);

            // Row for row: live and stored.
            var rows = await ListAsync(council, "/admin/usage");
            Texts(calls).ShouldBe(Texts(rows), ignoreOrder: true);
            Texts(runs).ShouldBe(Texts(await ListAsync(council, "/admin/runs")), ignoreOrder: true);
            rows.Select(row => row.GetProperty("outcome").GetString()).Distinct().ShouldBe(["ok", "server_error", "cancelled"], ignoreOrder: true);
            rows.ShouldContain(row => row.GetProperty("attempts").GetInt32() == 2);

            // Each answer's own usage is its run's, and the sum of its calls'.
            told.Count.ShouldBe(Runs - 2);
            foreach (var (run, usage) in told)
            {
                var own = rows.Where(row => row.GetProperty("run").GetString() == run).ToList();
                Figures.OfAnswer(usage).ShouldBe(Figures.OfRows(own) with { Cost = 0 }, run);
                var manifest = await council.Gateway.ReadAsync($"/v1/runs/{run}");
                Figures.OfAnswer(manifest.Json.GetProperty("usage")).ShouldBe(Figures.OfAnswer(usage), run);
            }

            var all = Figures.OfRows(rows);
            all.Prompt.ShouldBePositive();
            all.EstimatedPrompt.ShouldBePositive();
            all.Cost.ShouldBePositive();
            Figures.OfGroups((await council.Gateway.ReadAsync("/admin/usage?group_by=model,outcome")).Json).ShouldBe(all);
            var (measured, subCalls, measuredRuns) = await ScrapeAsync(council.Gateway);
            (measured with { Cost = Math.Round(measured.Cost, 9) }).ShouldBe(all);
            (subCalls, measuredRuns).ShouldBe((rows.Count, Runs));
        }

        folder.Delete(recursive: true);
    }

    /// <summary>One run after the other, since a model's answers are taken in turn.</summary>
    /// <returns>What answers say that they used, by their run.</returns>
    private static async Task<IReadOnlyDictionary<string, JsonElement>> AskEverythingAsync(Council council)
    {
        var told = new Dictionary<string, JsonElement>();
        var gateway = council.Gateway;

        await TellAsync(Council.Ask);
        await TellAsync(Council.AskSolo);
        using (var stream = await gateway.StreamAsync("""{"model":"council","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"The capital of France?"}]}"""))
        {
            told[stream.Header("x-ensemble-run-id")!] = EventStream.Chunks(await stream.RestAsync())
                .Last(chunk => chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object).GetProperty("usage");
        }

        // A member fails; another is asked twice; a provider reports nothing.
        council.Model("quokka").Enqueue(StubReply.Error(500, null, "broken")).Enqueue(StubReply.Error(500, null, "broken"));
        await TellAsync(Council.Ask);
        council.Model("numbat").Enqueue(StubReply.Error(500, null, "once"));
        await TellAsync(Council.Ask);
        council.Model("wombat").Enqueue(StubReply.Text("Paris.", reportUsage: false));
        await TellAsync(Council.Ask);

        // A straggler is cancelled: that it was asked is all that is known.
        council.Model("wombat").Enqueue(StubReply.Hang());
        await TellAsync("""{"model":"hasty","messages":[{"role":"user","content":"The capital of France?"}]}""");

        // All fail: there is no answer to tell anything.
        council.AllMembers(StubReply.Error(500, null, "broken"));
        (await gateway.ChatAsync(Council.Ask)).Status.ShouldBe(HttpStatusCode.BadGateway);
        council.AllMembers(StubReply.Text("Paris."));

        // The caller goes away while the judge is asked.
        council.Model(Council.Judge).Enqueue(StubReply.Hang());
        using var leaving = new CancellationTokenSource();
        var left = gateway.StreamAsync(Council.AskStreamed, cancellationToken: leaving.Token);
        await council.RequestAsync(Council.Judge, JudgeCalls + 1);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            using var stream = await left;
            await stream.RestAsync();
        });
        return told;

        async Task TellAsync(string ask)
        {
            var answer = await gateway.ChatAsync(ask);
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
            told[answer.Header("x-ensemble-run-id")!] = answer.Json.GetProperty("usage");
        }
    }

    private static async Task<(IReadOnlyList<JsonElement> Calls, IReadOnlyList<JsonElement> Runs)> WatchAsync(LiveUsage live)
    {
        var (calls, runs) = (new List<JsonElement>(), new List<JsonElement>());
        while (runs.Count < FiguresAgreeTests.Runs)
        {
            var (some, run) = await live.RunAsync();
            calls.AddRange(some);
            runs.Add(run);
        }

        return (calls, runs);
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Council council, string endpoint)
    {
        var page = await council.Gateway.ReadAsync($"{endpoint}?limit=1000");
        page.Status.ShouldBe(HttpStatusCode.OK, page.Body);
        return [.. page.Json.GetProperty("data").EnumerateArray()];
    }

    private static async Task<(Figures Figures, int SubCalls, int Runs)> ScrapeAsync(Gateway gateway)
    {
        var endpoint = new Uri(new Uri(gateway.Services.GetRequiredService<ManagementListener>().Address!), "/metrics");
        var samples = PrometheusReader.Read(await gateway.Http.GetStringAsync(endpoint, Now.Cancel)).Samples;
        var figures = new Figures(
            Tokens("input", "reported"), Tokens("output", "reported"), Tokens("input", "estimated"), Tokens("output", "estimated"), (decimal)Sum("ensemble_cost_usd_total"));
        return (figures, (int)Sum("ensemble_sub_calls_total"), (int)Sum("ensemble_runs_total"));

        long Tokens(string type, string source) => (long)Sum("gen_ai_client_token_usage_sum", $"gen_ai_token_type=\"{type}\"", $"ensemble_token_source=\"{source}\"");

        double Sum(string name, params string[] labels) => samples
            .Where(sample => Name().Match(sample.Key).Value == name && labels.All(label => sample.Key.Contains(label, StringComparison.Ordinal)))
            .Sum(sample => sample.Value);
    }

    private static Task<Council> StartAsync(string provider, string connection) => Council.StartAsync(
        shape: council => council with { MinResponses = 2 },
        model: model => model with { Price = new PriceConfig(1, 3), Retries = 1 },
        more: catalog => catalog.Add(TestEnsembles.Of("hasty", Council.Members, Council.Judge) with { StragglerGrace = new StragglerGrace(TimeSpan.Zero) }),

        // The product's own accounts in the place of the test's.
        configure: services => services.Remove(services.Last(service => service.ServiceType == typeof(IUsageSink) && !service.IsKeyedService)),
        args:
        [
            .. AdminExtensions.KeyOption, "--Usage:Log", "false", "--Management:Url", "http://127.0.0.1:0", "--Storage:Provider", provider, "--Storage:ConnectionString", connection,
        ]);

    /// <summary>But for times: a database keeps whole milliseconds. Nor does it keep the zeros at the end of a cost.</summary>
    private static IEnumerable<string> Texts(IEnumerable<JsonElement> rows) => rows.Select(row => string.Join(
        ' ', row.EnumerateObject().Where(field => field.Name != "started_at" && !field.Name.EndsWith("_ms", StringComparison.Ordinal)).Select(Text)));

    private static string Text(JsonProperty field) =>
        $"{field.Name}={(field.Value.ValueKind == JsonValueKind.Number ? field.Value.GetDecimal().ToString("G29", CultureInfo.InvariantCulture) : field.Value.GetRawText())}";

    [GeneratedRegex("^[^{]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    /// <param name="Cost">In US dollars, of calls whose cost is known.</param>
    private sealed record Figures(long Prompt, long Completion, long EstimatedPrompt, long EstimatedCompletion, decimal Cost)
    {
        public static Figures OfRows(IReadOnlyList<JsonElement> rows) => new(
            Tokens(rows, "reported", "prompt_tokens"),
            Tokens(rows, "reported", "completion_tokens"),
            Tokens(rows, "estimated", "prompt_tokens"),
            Tokens(rows, "estimated", "completion_tokens"),
            rows.Select(row => row.GetProperty("cost_usd")).Sum(cost => cost.ValueKind == JsonValueKind.Number ? cost.GetDecimal() : 0));

        public static Figures OfGroups(JsonElement answer)
        {
            var groups = answer.GetProperty("data").EnumerateArray().ToList();
            return new Figures(
                Sum("prompt_tokens"), Sum("completion_tokens"), Sum("estimated_prompt_tokens"), Sum("estimated_completion_tokens"), groups.Sum(group => group.GetProperty("known_cost_usd").GetDecimal()));

            long Sum(string name) => groups.Sum(group => group.GetProperty(name).GetInt64());
        }

        /// <summary>Of an answer's <c>usage</c>, which has no cost.</summary>
        public static Figures OfAnswer(JsonElement usage)
        {
            var estimated = usage.TryGetProperty("ensemble_estimated", out var beside) && beside.ValueKind == JsonValueKind.Object ? beside : (JsonElement?)null;
            return new Figures(
                usage.GetProperty("prompt_tokens").GetInt64(),
                usage.GetProperty("completion_tokens").GetInt64(),
                estimated?.GetProperty("prompt_tokens").GetInt64() ?? 0,
                estimated?.GetProperty("completion_tokens").GetInt64() ?? 0,
                0);
        }

        private static long Tokens(IReadOnlyList<JsonElement> rows, string source, string name) => rows
            .Where(row => row.GetProperty("tokens").GetString() == source)
            .Sum(row => row.GetProperty(name) is { ValueKind: JsonValueKind.Number } tokens ? tokens.GetInt64() : 0);
    }
}
