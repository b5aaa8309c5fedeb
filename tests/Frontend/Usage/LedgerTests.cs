using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Frontend.Tests.Usage;

/// <summary>What callers are told and what is kept agree, and nothing is taken on that could not be kept.</summary>
public sealed class LedgerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_OverHttp_IsKeptToTheTokenOfTheAnswersUsage(bool direct)
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("anna"), configure: KeepUsage);

        var answer = await council.Gateway.ChatAsync(direct ? Council.AskSolo : Council.Ask, key: "anna");
        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        var store = (InMemoryUsageStore)council.Gateway.Services.GetRequiredService<IUsageStore>();
        var told = answer.Json.GetProperty("usage");
        var (prompt, completion) = (told.GetProperty("prompt_tokens").GetInt64(), told.GetProperty("completion_tokens").GetInt64());
        prompt.ShouldBePositive();
        store.SubCalls.Count.ShouldBe(direct ? 1 : 4);
        store.SubCalls.ShouldAllBe(usage => usage.Caller == "key-1" && usage.Source == UsageSource.Reported);
        (store.SubCalls.Sum(usage => usage.PromptTokens), store.SubCalls.Sum(usage => usage.CompletionTokens)).ShouldBe((prompt, completion));
        var run = store.Runs.ShouldHaveSingleItem();
        (run.Run.Value, run.Caller, run.Outcome, run.Ensemble).ShouldBe((answer.Header("x-ensemble-run-id"), "key-1", "completed", direct ? "solo" : "council"));
        (run.Usage.Reported.PromptTokens, run.Usage.Reported.CompletionTokens).ShouldBe((prompt, completion));
        StoredManifest.Read(run.Manifest).SubCalls.Select(subCall => subCall.Usage).ShouldBe(store.SubCalls, ignoreOrder: true);
    }

    [Fact]
    public async Task Chat_AccountsPileUp_Is503UntilTheyAreWritten()
    {
        var store = new HeldUsageStore();
        await using var council = await Council.StartAsync(configure: services =>
        {
            KeepUsage(services);
            services.AddSingleton<IUsageStore>(store);
            services.AddSingleton(provider => new UsageLedger(store, provider.GetRequiredService<TimeProvider>(), NullLogger<UsageLedger>.Instance, capacity: 64 * 1024));
        });
        var ledger = council.Gateway.Services.GetRequiredService<UsageLedger>();
        while (!ledger.IsNearlyFull)
        {
            ledger.Append(TestUsage.SubCall(RunId.New()));
        }

        var refused = await council.Gateway.ChatAsync(Council.AskSolo);
        var full = await council.Gateway.GetAsync("/readyz");
        store.Release();
        await Eventually.TrueAsync(async () => await QueuedAsync() == 0, Now.Cancel);

        refused.ShouldBeError(503, "overloaded_error", "overloaded");
        refused.Body.ShouldContain("usage cannot be recorded");
        refused.Header("retry-after").ShouldBe("1");
        full.Status.ShouldBe(HttpStatusCode.OK);
        full.Json.GetProperty("ledger").GetProperty("queued_bytes").GetInt64().ShouldBeInRange(48 * 1024, 64 * 1024);
        full.Json.GetProperty("ledger").GetProperty("capacity_bytes").GetInt64().ShouldBe(64 * 1024);
        full.Json.GetProperty("ledger").GetProperty("dropped").GetInt64().ShouldBe(0);
        (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);

        async Task<long> QueuedAsync() =>
            (await council.Gateway.GetAsync("/readyz")).Json.GetProperty("ledger").GetProperty("queued_bytes").GetInt64();
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    [InlineData(Council.AskSolo)]
    [InlineData(Council.AskSoloStreamed)]
    public async Task Chat_BeforeAnswer_EndsOnceItsAccountsAreKept(string ask)
    {
        // Sub-calls may well be written before their run has ended, and the run in a batch before that for which the answer waits.
        var store = new HeldUsageStore(static batch => batch.Runs.Count > 0);
        await using var council = await Council.StartAsync(
            configure: services =>
            {
                KeepUsage(services);
                services.AddSingleton<IUsageStore>(store);
            },
            args: ["--Usage:Durability", "before_answer"]);

        var chat = council.Gateway.ChatAsync(ask);
        await store.Asked.WaitAsync(Now.Cancel);
        var before = chat.IsCompleted;
        store.Release();
        var answer = await chat;

        before.ShouldBeFalse();
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body.ShouldContain("Paris");
        council.Gateway.Services.GetRequiredService<UsageLedger>().Unconfirmed.ShouldBe(0);
    }

    [Fact]
    public async Task Kill_UnderLoadBeforeAnswer_LosesTheAccountsOfNoAnswer()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGKILL on Windows.");
        var (product, http) = await Product.ServeAsync("--Storage:Provider", "sqlite", "--Usage:Durability", "before_answer");
        await using var running = product;
        using var client = http;
        var answered = new ConcurrentBag<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, 8).Select(_ => AskUntilItEndsAsync()).ToArray();

        await enough.Task.WaitAsync(Now.Cancel);
        await product.KillAsync();
        await Task.WhenAll(callers);

        await using var database = new SqliteConnection($"Data Source={Path.Combine(product.Folder, "data", "ensemble.db")};Pooling=false");
        await database.OpenAsync(Now.Cancel);
        await using var command = database.CreateCommand();
        command.CommandText = "SELECT run FROM ledger_runs_named";
        await using var reader = await command.ExecuteReaderAsync(Now.Cancel);
        var kept = new HashSet<string>();
        while (await reader.ReadAsync(Now.Cancel))
        {
            kept.Add(reader.GetString(0));
        }

        answered.Count.ShouldBeGreaterThanOrEqualTo(40);
        answered.Where(run => !kept.Contains(run)).ShouldBeEmpty();

        async Task AskUntilItEndsAsync()
        {
            while (true)
            {
                using var body = new StringContent(Council.Ask, Encoding.UTF8, "application/json");
                try
                {
                    using var response = await http.PostAsync("/v1/chat/completions", body, Now.Cancel);
                    response.StatusCode.ShouldBe(HttpStatusCode.OK);
                    answered.Add(response.Headers.GetValues("x-ensemble-run-id").Single());
                }
                catch (HttpRequestException)
                {
                    return;
                }

                if (answered.Count >= 40)
                {
                    enough.TrySetResult();
                }
            }
        }
    }

    [Fact]
    public async Task Terminate_RightAfterAnAnswer_WritesItsAccountsFirst()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var (product, http) = await Product.ServeAsync("--Storage:Provider", "sqlite");
        await using var running = product;
        using var client = http;
        using var body = new StringContent(Council.Ask, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/v1/chat/completions", body, Now.Cancel);
        var told = (await response.Content.ReadFromJsonAsync<JsonElement>(Now.Cancel)).GetProperty("usage");

        await product.TerminateAsync();
        (await product.EndAsync()).ShouldBe(0, product.Errors);

        await using var database = new SqliteConnection($"Data Source={Path.Combine(product.Folder, "data", "ensemble.db")};Pooling=false");
        await database.OpenAsync(Now.Cancel);
        (await SumAsync("ledger_runs_named", "")).ShouldBe((1, told.GetProperty("prompt_tokens").GetInt64(), told.GetProperty("completion_tokens").GetInt64()));
        var (count, prompt, completion) = await SumAsync("ledger_calls_named", "WHERE source = 'reported'");
        count.ShouldBeInRange(2, 4);
        (prompt, completion).ShouldBe((told.GetProperty("prompt_tokens").GetInt64(), told.GetProperty("completion_tokens").GetInt64()));

        async Task<(long Count, long Prompt, long Completion)> SumAsync(string table, string where)
        {
            await using var command = database.CreateCommand();
            command.CommandText = $"SELECT count(*), sum(prompt_tokens), sum(completion_tokens) FROM {table} {where}";
            await using var reader = await command.ExecuteReaderAsync(Now.Cancel);
            await reader.ReadAsync(Now.Cancel);
            return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
    }

    /// <summary>As the product does, where a test's recorder stands otherwise.</summary>
    private static void KeepUsage(IServiceCollection services) =>
        services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>());
}
