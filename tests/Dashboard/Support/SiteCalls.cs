using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Testing;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>What callers and administrators do besides the pages.</summary>
internal static class SiteCalls
{
    /// <summary>Asks, and reads the answer to its end.</summary>
    /// <returns>The run's id.</returns>
    public static async Task<string> AskAsync(this Site site, string model, string question, bool stream = false)
    {
        using var response = await site.BeginAsync(model, question, stream);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return RunOf(response);
    }

    /// <summary>Asks, and leaves the answer unread.</summary>
    public static Task<HttpResponseMessage> BeginAsync(this Site site, string model, string question, bool stream = true) => site.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = Json(new JsonObject
            {
                ["model"] = model,
                ["stream"] = stream,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            }.ToJsonString()),
        },
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken);

    /// <summary>Asks a question, with a key where one is given, and demands this status.</summary>
    public static async Task ChatAsync(this Site site, string model = "council", string? key = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = Json(new JsonObject
            {
                ["model"] = model,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "What is 17 * 23?" }),
            }.ToJsonString()),
        };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await site.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static string RunOf(HttpResponseMessage response) => response.Headers.GetValues("x-ensemble-run-id").Single();

    /// <summary>Adds or replaces an entry of the catalog.</summary>
    /// <param name="list"><c>models</c> or <c>keys</c>.</param>
    public static async Task PutAsync(this Site site, string list, string name, [StringSyntax(StringSyntaxAttribute.Json)] string entry)
    {
        using var response = await site.Http.PutAsync($"admin/{list}/{name}", Json(entry), TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static async Task<JsonNode> GetAsync(this Site site, string path) =>
        JsonNode.Parse(await site.Http.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    /// <summary>An entry as the catalog has it.</summary>
    public static async Task<JsonNode> EntryAsync(this Site site, string name) => (await site.GetAsync($"admin/models/{name}"))["entry"]!;

    /// <summary>Waits until so many runs are in the accounts.</summary>
    public static Task AwaitRunsAsync(this Site site, int count) => Eventually.TrueAsync(
        async () => (await site.GetAsync("admin/runs?limit=1000"))["data"]!.AsArray().Count >= count,
        TestContext.Current.CancellationToken);

    private static StringContent Json(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
