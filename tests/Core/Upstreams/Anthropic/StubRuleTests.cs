using System.Text;
using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

/// <summary>The stub refuses what its provider refuses: otherwise the other tests would prove little.</summary>
public sealed class StubRuleTests : IAsyncLifetime
{
    private const string User = """{"role":"user","content":"Hi"}""";

    private UpstreamStub _stub = null!;

    public async ValueTask InitializeAsync()
    {
        _stub = await UpstreamStub.StartAsync(new StubOptions { Dialect = StubDialect.Anthropic, OneSamplingParameter = new HashSet<string> { "newer" } });
        _stub.Model("m");
        _stub.Model("newer");
    }

    public async ValueTask DisposeAsync() => await _stub.DisposeAsync();

    [Theory]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}}]}""", 200)]
    [InlineData($$"""{"model":"x","max_tokens":5,"messages":[{{User}}]}""", 404)]
    [InlineData($$"""{"model":"m","messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"seed":1,"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"temperature":1.1,"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"stop_sequences":["\n"],"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"system":[{"type":"text","text":""}],"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"tool_choice":{"type":"auto"},"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"tools":[{"name":"a"}],"messages":[{{User}}]}""", 400)]
    [InlineData($$$"""{"model":"m","max_tokens":5,"tools":[{"name":"a","input_schema":{"type":"object"},"parameters":{}}],"messages":[{{{User}}}]}""", 400)]
    [InlineData($$$"""{"model":"m","max_tokens":5,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"} } },"messages":[{{{User}}}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":"Hi"}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"system","content":"Hi"}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":" "}]}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"AAAA"}}]}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{"role":"assistant","content":"It is "}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":{} }]},{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":{} }]}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"temperature":0.5,"top_p":0.5,"messages":[{{User}}]}""", 200)]
    [InlineData($$"""{"model":"newer","max_tokens":5,"temperature":0.5,"messages":[{{User}}]}""", 200)]
    [InlineData($$"""{"model":"newer","max_tokens":5,"temperature":0.5,"top_p":0.5,"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{{User}}]}""", 200)]
    [InlineData($$"""{"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":100},"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":1000,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{{User}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":2000,"temperature":0.5,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{{User}}]}""", 400)]
    [InlineData($$$"""{"model":"m","max_tokens":5,"tools":[{"name":"a b","input_schema":{"type":"object"}}],"messages":[{{{User}}}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":null}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":{"type":"text","text":"Hi"}}]}""", 400)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{{User}}]}""", 200)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":{} }]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"},{"type":"text","text":"So?"}]}]}""", 200)]
    [InlineData($$"""{"model":"m","max_tokens":5,"messages":[{{User}},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":{} }]},{"role":"user","content":[{"type":"text","text":"So?"},{"type":"tool_result","tool_use_id":"a"}]}]}""", 400)]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]}""", 400)]
    public async Task Post_Request_IsTakenOrRefused(string body, int status)
    {
        var (answered, json) = await PostAsync(body, "key", "2023-06-01");

        answered.ShouldBe(status);
        _stub.Violations.Count.ShouldBe(status == 200 ? 0 : 1);
        json.GetProperty("type").GetString().ShouldBe(status == 200 ? "message" : "error");
    }

    [Theory]
    [InlineData(null, "2023-06-01", 401)]
    [InlineData("key", null, 400)]
    public async Task Post_MissingHeader_IsRefused(string? key, string? version, int status) =>
        (await PostAsync($$"""{"model":"m","max_tokens":5,"messages":[{{User}}]}""", key, version)).Status.ShouldBe(status);

    private async Task<(int Status, JsonElement Json)> PostAsync(string body, string? key, string? version)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_stub.BaseUrl}/messages")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in new[] { ("x-api-key", key), ("anthropic-version", version) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var json = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        return ((int)response.StatusCode, json);
    }
}
