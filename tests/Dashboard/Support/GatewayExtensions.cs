using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>What the tests ask a gateway over HTTP, beside the browser.</summary>
internal static class GatewayExtensions
{
    /// <summary>Asks a question, and demands this status.</summary>
    public static async Task ChatAsync(this Site site, string model = "council", string? key = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = "What is 17 * 23?" } } }),
        };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await site.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static async Task<JsonElement> ReadAsync(this Site site, string path)
    {
        using var response = await site.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Adds an entry of the catalog.</summary>
    /// <param name="door"><c>models</c> or <c>keys</c>.</param>
    public static async Task AddAsync(this Site site, string door, object entry)
    {
        using var response = await site.Http.PostAsJsonAsync(new Uri($"/admin/{door}", UriKind.Relative), entry, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
