using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>What a database keeps over the end of a process, and between two of them.</summary>
public sealed class OneDatabaseTests(PostgresServer postgres)
{
    private const int Writes = 1000;
    private const int Writers = 4;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Kill_AmidAThousandAdminWrites_LosesNoneThatWasAnswered(string provider)
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-db-");
        string[] storage = ["--Storage:Provider", provider, "--Storage:ConnectionString", provider == "sqlite" ? $"Data Source={folder.FullName}/kill.db" : await postgres.CreateDatabaseAsync()];
        var answered = new List<string>();
        var (victim, toVictim) = await Product.ServeAsync(storage);
        await using (victim)
        using (toVictim)
        {
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(toVictim, writer, answered, enough))));
            await enough.Task.WaitAsync(Now.Cancel);
            await victim.KillAsync();
            await writers;
        }

        var (next, toNext) = await Product.ServeAsync(storage);
        await using (next)
        using (toNext)
        {
            var names = new HashSet<string>();
            for (var page = await ReadAsync(toNext, "/admin/keys?limit=1000"); ; page = await ReadAsync(toNext, $"/admin/keys?limit=1000&after={names.Max(StringComparer.Ordinal)}"))
            {
                names.UnionWith(page.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
                if (!page.GetProperty("has_more").GetBoolean())
                {
                    break;
                }
            }

            answered.Count.ShouldBeInRange(Writes / 4, Writes - 1);
            answered.Except(names).ShouldBeEmpty();

            // At most the one that each writer had sent and got no answer for.
            names.Count.ShouldBeLessThanOrEqualTo(answered.Count + Writers);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TwoProcesses_OnOnePostgres_SeeEachOthersChangesWithinASecond()
    {
        await using var server = new PostgresServer();
        string[] storage = ["--Storage:Provider", "postgres", "--Storage:ConnectionString", await server.CreateDatabaseAsync()];
        var (first, toFirst) = await Product.ServeAsync(storage);
        var (second, toSecond) = await Product.ServeAsync(storage);
        await using (first)
        await using (second)
        using (toFirst)
        using (toSecond)
        {
            (await MedianToSeeAsync("change")).ShouldBeLessThan(TimeSpan.FromSeconds(1));

            await server.StopAsync("fast");
            (await toSecond.GetAsync("/v1/models/change-1", Now.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
            await server.StartAsync();

            // The first one may find that nobody listens yet, and waits for a look at the revision.
            (await TimeToSeeAsync(toFirst, toSecond, "after-the-restart")).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            (await MedianToSeeAsync("later")).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        }

        async Task<TimeSpan> MedianToSeeAsync(string name)
        {
            var times = new List<TimeSpan>();
            for (var change = 0; change < 5; change++)
            {
                var (from, to) = change % 2 == 0 ? (toFirst, toSecond) : (toSecond, toFirst);
                times.Add(await TimeToSeeAsync(from, to, $"{name}-{change}"));
            }

            return times.Order().ElementAt(2);
        }
    }

    [Fact]
    public async Task Restart_LimitUsedUpBefore_IsStillUsedUp()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-db-");
        string[] storage = ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={folder.FullName}/limits.db"];
        var (first, toFirst) = await Product.ServeAsync(storage);
        await using (first)
        using (toFirst)
        {
            (await PostAsync(toFirst, "/admin/models", Model("once", ",\"rate_limit\":{\"rpd\":1}"))).ShouldBe(HttpStatusCode.Created);
            (await ChatAsync(toFirst)).ShouldBe(HttpStatusCode.OK);
            await first.TerminateAsync();
            (await first.EndAsync()).ShouldBe(0);
        }

        var (next, toNext) = await Product.ServeAsync(storage);
        await using (next)
        using (toNext)
        {
            (await ChatAsync(toNext)).ShouldBe(HttpStatusCode.TooManyRequests);
        }

        folder.Delete(recursive: true);

        static Task<HttpStatusCode> ChatAsync(HttpClient http) =>
            PostAsync(http, "/v1/chat/completions", """{"model":"once","messages":[{"role":"user","content":"Hello?"}]}""");
    }

    /// <summary>Creates keys one after the other until the process is gone, and notes the names of those that it answered for.</summary>
    private static async Task WriteAsync(HttpClient http, int writer, List<string> answered, TaskCompletionSource enough)
    {
        for (var write = writer; write < Writes; write += Writers)
        {
            var name = $"key-{write:0000}";
            try
            {
                (await PostAsync(http, "/admin/keys", $$"""{"name":"{{name}}"}""")).ShouldBe(HttpStatusCode.Created);
            }
            catch (HttpRequestException)
            {
                return;
            }

            lock (answered)
            {
                answered.Add(name);
                if (answered.Count == Writes / 4)
                {
                    enough.SetResult();
                }
            }
        }
    }

    private static async Task<TimeSpan> TimeToSeeAsync(HttpClient from, HttpClient to, string name)
    {
        var status = HttpStatusCode.ServiceUnavailable;
        await Eventually.TrueAsync(
            async () => (status = await PostAsync(from, "/admin/models", Model(name))) != HttpStatusCode.ServiceUnavailable, Now.Cancel);
        status.ShouldBe(HttpStatusCode.Created);
        var written = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            async () => (await to.GetAsync($"/v1/models/{name}", Now.Cancel)).StatusCode == HttpStatusCode.OK, Now.Cancel);

        return Stopwatch.GetElapsedTime(written);
    }

    private static string Model(string name, string more = "") =>
        $$"""{"display_name":"{{name}}","provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":0}{{more}}}""";

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, Now.Cancel);
        return answer.StatusCode;
    }

    private static Task<JsonElement> ReadAsync(HttpClient http, string path) => http.GetFromJsonAsync<JsonElement>(path, Now.Cancel);
}
