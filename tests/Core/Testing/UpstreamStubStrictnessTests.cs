using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public class UpstreamStubStrictnessTests
{
    private const string User = """ "messages":[{"role":"user","content":"Hi"}] """;

    [Theory]
    [InlineData($$"""{"model":"m",{{User}},"stream_options":{"include_usage":true} }""", "stream_options")]
    [InlineData($$"""{"model":"m",{{User}},"stream":false,"stream_options":{"include_usage":true} }""", "stream_options")]
    [InlineData($$"""{"model":"m",{{User}},"stream":"yes"}""", "stream")]
    [InlineData("""{"model":"m","messages":[{"role":"robot","content":"Hi"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[{"content":"Hi"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":null}]}""", "messages[0].content")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[]}]}""", "messages[0].content")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"smell","smell":1}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","tool_call_id":"c","content":"4"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[]}""", "messages")]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData($$"""{ {{User}} }""", "model")]
    [InlineData($$"""{"model":"m",{{User}},"tools":[]}""", "tools")]
    [InlineData($$"""{"model":"m",{{User}},"tool_choice":"auto"}""", "tool_choice")]
    [InlineData($$"""{"model":"m",{{User}},"parallel_tool_calls":false}""", "parallel_tool_calls")]
    [InlineData($$"""{"model":"m",{{User}},"temperature":2.1}""", "temperature")]
    [InlineData($$"""{"model":"m",{{User}},"temperature":-0.1}""", "temperature")]
    [InlineData($$"""{"model":"m",{{User}},"temperature":"1"}""", "temperature")]
    [InlineData($$"""{"model":"m",{{User}},"n":0}""", "n")]
    [InlineData($$"""{"model":"m",{{User}},"max_tokens":1.5}""", "max_tokens")]
    [InlineData($$"""{"model":"m",{{User}},"max_tokens":1,"max_completion_tokens":1}""", "max_tokens")]
    [InlineData($$"""{"model":"m",{{User}},"top_logprobs":2}""", "top_logprobs")]
    [InlineData($$"""{"model":"m",{{User}},"metadata":{} }""", "metadata")]
    [InlineData($$"""{"model":"m",{{User}},"stop":["1","2","3","4","5"]}""", "stop")]
    [InlineData($$"""{"model":"m",{{User}},"seed":1,"seed":1}""", "seed")]
    [InlineData($$"""{"model":"m",{{User}},"refused":1}""", "refused")]
    [InlineData($$"""{"model":"o","max_tokens":5,{{User}}}""", "max_tokens")]
    [InlineData($$"""{"model":"o","temperature":0.2,{{User}}}""", "temperature")]
    [InlineData($$"""{"model":"o","top_p":0.2,{{User}}}""", "top_p")]
    [InlineData($$"""{"model":"o","presence_penalty":0.2,{{User}}}""", "presence_penalty")]
    [InlineData($$"""{"model":"o","stop":"x",{{User}}}""", "stop")]
    [InlineData("""{"model":"m",""", null)]
    [InlineData("[1]", null)]
    public async Task Request_BreaksARule_Gets400NamingTheParameter(string body, string? param)
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync(body);

        ((int)response.StatusCode).ShouldBe(400);
        var error = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync(StubClient.Cancel)).GetProperty("error");
        error.GetProperty("param").GetString().ShouldBe(param);
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        stub.Violations.ShouldHaveSingleItem().Param.ShouldBe(param);
    }

    [Theory]
    [InlineData($$"""{"model":"m",{{User}},"stream":true,"stream_options":{"include_usage":true} }""")]
    [InlineData($$"""{"model":"m",{{User}},"tools":null,"tool_choice":null,"stop":null,"temperature":null,"stream_options":null}""")]
    [InlineData($$"""{"model":"m",{{User}},"temperature":2,"unknown_field":{"a":1} }""")]
    [InlineData($$"""{"model":"o",{{User}},"temperature":1,"max_completion_tokens":9}""")]
    [InlineData("""
        {"model":"m","messages":[{"role":"system","content":"S"},{"role":"developer","content":[{"type":"text","text":"D"}]},
        {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c","content":"4"}],
        "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto","parallel_tool_calls":true}
        """)]
    public async Task Request_KeepsTheRules_IsAnswered(string body)
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync(body);

        ((int)response.StatusCode).ShouldBe(200, await response.Content.ReadAsStringAsync(StubClient.Cancel));
        stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("wrong", "application/json", "m", 401, "invalid_api_key")]
    [InlineData(null, "application/json", "m", 401, "invalid_api_key")]
    [InlineData("good", "text/plain", "m", 400, "unsupported_content_type")]
    [InlineData("good", "application/json", "nobody", 404, "model_not_found")]
    [InlineData("good", "application/json", "a-model-whose-name-is-so-long-that-the-body-is-over-the-limit", 413, "request_too_large")]
    public async Task Request_NotForThisProvider_GetsItsStatusAndCode(string? key, string type, string model, int status, string code)
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { RequiredKey = "good", MaxBodyBytes = 100 });
        stub.Model("m");
        using var client = new StubClient(stub);

        using var response = await client.PostAsync($$"""{"model":"{{model}}",{{User}}}""", key, type);

        ((int)response.StatusCode).ShouldBe(status);
        stub.Violations.ShouldHaveSingleItem().Code.ShouldBe(code);
    }

    [Fact]
    public async Task Request_UnknownField_IsRefusedWhereTheProviderDoes()
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { RefuseUnknownFields = true });
        stub.Model("m");
        using var client = new StubClient(stub);

        using var response = await client.PostAsync($$"""{"model":"m",{{User}},"seed":1,"colour":"red"}""");

        ((int)response.StatusCode).ShouldBe(400);
        stub.Violations.ShouldHaveSingleItem().Param.ShouldBe("colour");
    }

    [Fact]
    public async Task Request_InvalidUtf8_IsNoJson()
    {
        await using var stub = await StartAsync();
        using var http = new HttpClient();
        using var content = new ByteArrayContent([.. "{\"model\":\"m\",\""u8, 0xFF, .. "\":1}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await http.PostAsync($"{stub.BaseUrl}/chat/completions", content, StubClient.Cancel);

        ((int)response.StatusCode).ShouldBe(400);
        stub.Violations.ShouldHaveSingleItem().Code.ShouldBe("invalid_json");
    }

    private static async Task<UpstreamStub> StartAsync()
    {
        var stub = await UpstreamStub.StartAsync(new StubOptions
        {
            ReasoningModels = new HashSet<string> { "o" },
            RefusedFields = new HashSet<string> { "refused" },
        });
        stub.Model("m");
        stub.Model("o");
        return stub;
    }
}
