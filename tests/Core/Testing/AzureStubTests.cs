using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

/// <summary>What the stub refuses in Azure's stead, each on its own: a test that finds no violations relies on it.</summary>
public sealed class AzureStubTests
{
    private const string Deployment = "/openai/deployments/m/chat/completions";
    private const string V1 = "/openai/v1/chat/completions";
    private const string Body = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";

    [Theory]
    [InlineData(StubAzure.Deployments, Deployment + "?api-version=2024-10-21", Body)]
    [InlineData(StubAzure.Deployments, Deployment + "?api-version=2025-04-01-preview", """{"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData(StubAzure.V1, V1, Body)]
    [InlineData(StubAzure.V1, V1 + "?api-version=preview", Body)]
    public async Task Ask_AsDocumented_IsAnswered(StubAzure form, string path, string body)
    {
        var (status, _, violations) = await AskAsync(form, path, body, "api-key", "k");

        status.ShouldBe(HttpStatusCode.OK);
        violations.ShouldBe(0);
    }

    [Theory]
    [InlineData(StubAzure.Deployments, Deployment, Body, "api-key", "k", 404, "404")]
    [InlineData(StubAzure.Deployments, Deployment + "?api-version=v1", Body, "api-key", "k", 404, "404")]
    [InlineData(StubAzure.Deployments, V1, Body, "api-key", "k", 404, "404")]
    [InlineData(StubAzure.Deployments, "/v1/chat/completions", Body, "api-key", "k", 404, "404")]
    [InlineData(StubAzure.Deployments, "/openai/deployments/x/chat/completions?api-version=2024-10-21", Body, "api-key", "k", 404, "DeploymentNotFound")]
    [InlineData(StubAzure.Deployments, Deployment + "?api-version=2024-10-21", Body, "api-key", "other", 401, "401")]
    [InlineData(StubAzure.Deployments, Deployment + "?api-version=2024-10-21", Body, "Authorization", "Bearer k", 401, "401")]
    [InlineData(StubAzure.V1, Deployment + "?api-version=2024-10-21", Body, "api-key", "k", 404, "404")]
    [InlineData(StubAzure.V1, V1 + "?api-version=2024-10-21", Body, "api-key", "k", 400, "BadRequest")]
    [InlineData(StubAzure.V1, V1, """{"messages":[{"role":"user","content":"Hi"}]}""", "api-key", "k", 400, "missing_required_parameter")]
    [InlineData(StubAzure.V1, V1, """{"model":"m","odd":1,"messages":[{"role":"user","content":"Hi"}]}""", "api-key", "k", 400, "unknown_parameter")]
    [InlineData(
        StubAzure.Deployments, Deployment + "?api-version=2024-08-01-preview",
        """{"stream":true,"stream_options":{},"messages":[{"role":"user","content":"Hi"}]}""", "api-key", "k", 400, null)]
    public async Task Ask_Otherwise_IsRefused(StubAzure form, string path, string body, string header, string key, int status, string? code)
    {
        var answer = await AskAsync(form, path, body, header, key);

        ((int)answer.Status).ShouldBe(status);
        answer.Code.ShouldBe(code);
        answer.Violations.ShouldBe(1);
    }

    private static async Task<(HttpStatusCode Status, string? Code, int Violations)> AskAsync(StubAzure form, string path, string body, string header, string key)
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { Azure = form, RequiredKey = "k" });
        stub.Model("m").Answers("Hello.");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stub.BaseUrl, path));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation(header, key);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var json = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var code = json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
        return (response.StatusCode, code, stub.Violations.Count);
    }
}
