using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class RequestTranslationTests : IAsyncLifetime
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":true}},
        {"type":"function","function":{"name":"time"}},{"type":"function","function":{"name":"any","parameters":{},"strict":false}}]
        """;

    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync(new StubOptions { RequiredKey = "sk-ant-1" });

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Send_Headers_AreOursAlone()
    {
        await _harness.WholeAsync();
        await _harness.StreamAsync(new RecordingSink());

        foreach (var request in _harness.Stub.Requests)
        {
            request.Path.ShouldBe("/v1/messages");
            request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)
                .ShouldBe(["Accept", "anthropic-version", "Content-Length", "Content-Type", "Host", "User-Agent", "x-api-key"]);
        }

        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_MissingKey_IsAnAuthenticationFailureWithoutACall()
    {
        _harness.Secrets.Secret = null;

        (await _harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.AuthenticationFailed);
        _harness.Stub.Requests.ShouldBeEmpty();
        _harness.Log.Lines.ShouldHaveSingleItem().Text.ShouldContain("env:KEY");
    }

    [Fact]
    public async Task Send_Request_HasModelLimitAndStreamAsTheApiWants()
    {
        await _harness.WholeAsync();
        _harness.Sent.GetRawText().ShouldBe("""{"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],"stream":false}""");

        await _harness.StreamAsync(new RecordingSink());
        _harness.Sent.GetProperty("stream").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("""{"role":"system","content":"Be brief."},""", "Be brief.")]
    public async Task Send_JsonObject_IsAskedForInWords(string before, string caller)
    {
        var result = await _harness.WholeAsync(
            $$"""{"model":"alias","messages":[{{before}}{"role":"user","content":"Hi"}],"response_format":{"type":"json_object"} }""");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.DroppedParameters.ShouldBeEmpty();
        _harness.Stub.Violations.ShouldBeEmpty();
        var system = string.Join('|', _harness.Sent.GetProperty("system").EnumerateArray().Select(block => block.GetProperty("text").GetString()));
        system.ShouldStartWith(caller);
        system.ShouldContain("one JSON object");
        _harness.Sent.TryGetProperty("output_config", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"max_tokens\":7", null, 7)]
    [InlineData("\"max_completion_tokens\":8", 100, 8)]
    [InlineData("\"max_completion_tokens\":8,\"max_tokens\":7", 100, 8)]
    [InlineData("\"max_tokens\":null", 100, 100)]
    [InlineData("\"max_tokens\":null", null, 4096)]
    public async Task Send_LengthLimit_IsTheCallersElseTheModels(string fields, int? model, int expected)
    {
        _harness.Model = _harness.Model with { MaxOutputTokens = model };

        (await _harness.FieldsAsync(fields)).DroppedParameters.ShouldBeEmpty();

        _harness.Sent.GetProperty("max_tokens").GetInt32().ShouldBe(expected);
    }

    [Theory]
    [InlineData("\"temperature\":0.2", "\"temperature\":0.2", "")]
    [InlineData("\"temperature\":1.7", "\"temperature\":1", "temperature")]
    [InlineData("\"temperature\":null,\"top_p\":0.9", "\"top_p\":0.9", "")]
    [InlineData("\"temperature\":0.2,\"top_p\":0.9", "\"temperature\":0.2,\"top_p\":0.9", "")]
    [InlineData("\"stop\":\"END\"", "\"stop_sequences\":[\"END\"]", "")]
    [InlineData("\"stop\":[\"\\n\",\"a\\u00e9\",\" \"]", "\"stop_sequences\":[\"a\\u00e9\"]", "stop")]
    [InlineData("\"stop\":[\"\\n\"]", "", "stop")]
    [InlineData("\"stop\":null", "", "")]
    [InlineData("\"user\":\"u\"", "\"metadata\":{\"user_id\":\"u\"}", "")]
    [InlineData("\"user\":\"u\",\"safety_identifier\":\"s\"", "\"metadata\":{\"user_id\":\"s\"}", "")]
    [InlineData("\"reasoning_effort\":\"minimal\"", "\"output_config\":{\"effort\":\"low\"}", "")]
    [InlineData("\"reasoning_effort\":\"xhigh\"", "\"output_config\":{\"effort\":\"xhigh\"}", "")]
    [InlineData("\"reasoning_effort\":\"none\"", "", "reasoning_effort")]
    [InlineData("\"response_format\":{\"type\":\"text\"}", "", "")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"top_k\":5", "\"thinking\":{\"type\":\"adaptive\"},\"top_k\":5", "")]
    [InlineData("\"seed\":1,\"presence_penalty\":0.5,\"frequency_penalty\":1,\"logprobs\":true,\"n\":2", "", "seed presence_penalty frequency_penalty logprobs n")]
    [InlineData("\"n\":1,\"logprobs\":false,\"presence_penalty\":0,\"logit_bias\":{},\"tools\":[],\"store\":null,\"service_tier\":\"auto\"", "", "")]
    [InlineData("\"metadata\":{\"a\":\"b\"},\"service_tier\":\"flex\",\"verbosity\":\"low\",\"odd\":1", "", "metadata service_tier verbosity odd")]
    public async Task Send_Field_IsTranslatedOrReported(string fields, string sent, string dropped)
    {
        var result = await _harness.FieldsAsync(fields);

        var rest = _harness.Sent.EnumerateObject().Where(field => field.Name is not ("model" or "max_tokens" or "messages" or "stream"));
        string.Join(',', rest.Select(field => $"\"{field.Name}\":{field.Value.GetRawText()}")).ShouldBe(sent);
        string.Join(' ', result.DroppedParameters).ShouldBe(dropped);
    }

    [Theory]
    [InlineData("claude-sonnet-4-20250514", "temperature top_p", "")]
    [InlineData("claude-sonnet-4-5", "temperature", "top_p")]
    [InlineData("claude-opus-4-8", "", "temperature top_p")]
    public async Task Send_Sampling_IsWhatTheModelTakes(string model, string sent, string dropped)
    {
        _harness.Model = _harness.Model with { Model = _harness.Stub.Model(model).Name };

        var result = await _harness.FieldsAsync("\"temperature\":0.2,\"top_p\":0.9");

        string.Join(' ', _harness.Sent.EnumerateObject().Select(field => field.Name).Where(name => name is "temperature" or "top_p")).ShouldBe(sent);
        string.Join(' ', result.DroppedParameters).ShouldBe(dropped);
    }

    [Fact]
    public async Task Send_Tools_HaveASchemaOfAnObject()
    {
        await _harness.FieldsAsync(Tools);

        _harness.Sent.GetProperty("tools").GetRawText().ShouldBe(string.Concat(
            """[{"name":"weather","description":"d","input_schema":{"type":"object","properties":{"city":{"type":"string"}}},"strict":true},""",
            """{"name":"time","input_schema":{"type":"object","properties":{}}},{"name":"any","input_schema":{"type":"object"}}]"""));
        _harness.Sent.TryGetProperty("tool_choice", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"tool_choice\":\"auto\"", """{"type":"auto"}""", "")]
    [InlineData("\"tool_choice\":\"none\",\"parallel_tool_calls\":false", """{"type":"none"}""", "")]
    [InlineData("\"tool_choice\":\"required\",\"parallel_tool_calls\":true", """{"type":"any"}""", "")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"time\"}}", """{"type":"tool","name":"time"}""", "")]
    [InlineData("\"parallel_tool_calls\":false", """{"type":"auto","disable_parallel_tool_use":true}""", "")]
    [InlineData("\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{}}", null, "tool_choice")]
    public async Task Send_ToolChoice_IsTranslated(string fields, string? expected, string dropped)
    {
        var result = await _harness.FieldsAsync($"{Tools},{fields}");

        (_harness.Sent.TryGetProperty("tool_choice", out var choice) ? choice.GetRawText() : null).ShouldBe(expected);
        string.Join(' ', result.DroppedParameters).ShouldBe(dropped);
    }

    [Fact]
    public async Task Send_ToolOfTheProvider_GoesAsItIs()
    {
        const string Search = """{"type":"web_search_20250305","name":"web_search"}""";

        await _harness.FieldsAsync($"\"tools\":[{Search}]");

        _harness.Sent.GetProperty("tools").GetRawText().ShouldBe($"[{Search}]");
    }

    [Fact]
    public async Task Send_JsonSchema_IsAClosedOutputFormat()
    {
        await _harness.FieldsAsync("""
            "reasoning_effort":"high","response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":
            {"type":"object","properties":{"type":{"type":"string"},"list":{"type":"array","items":{"type":["object","null"],"properties":{"a":{"$ref":"#/$defs/b"}}}}},
            "$defs":{"b":{"anyOf":[{"type":"object","additionalProperties":false},{"type":"null"}]}}}}}
            """);

        _harness.Sent.GetProperty("output_config").GetRawText().ShouldBe(string.Concat(
            """{"format":{"type":"json_schema","schema":{"type":"object","properties":{"type":{"type":"string"},"list":{"type":"array","items":""",
            """{"type":["object","null"],"properties":{"a":{"$ref":"#/$defs/b"}},"additionalProperties":false}}}""",
            ""","$defs":{"b":{"anyOf":[{"type":"object","additionalProperties":false},{"type":"null"}]}},"additionalProperties":false}},"effort":"high"}"""));
    }

    [Theory]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"}}", "response_format")]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"a\"}}]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{}}]", "tools[0].function.name")]
    public async Task Send_FieldThatMayNotBeLeftOut_IsRejectedBeforeTheCall(string fields, string param)
    {
        var result = await _harness.WholeAsync($$"""{"model":"alias","messages":[{"role":"user","content":"Hi"}],{{fields}}}""");

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.Error!.Param.ShouldBe(param);
        result.Error.Status.ShouldBe(400);
        _harness.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_Tools_OfAWrongShape_AreRejectedBeforeTheCall()
    {
        var result = await _harness.WholeAsync("""{"model":"alias","messages":[{"role":"user","content":"Hi","tool_calls":5}],"tools":[7]}""");

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        _harness.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_Params_ApplyBeforeTheTranslationAndAddFieldsOfTheApi()
    {
        _harness.Model = _harness.Model with
        {
            Params = new ParamsConfig
            {
                Drop = ["user"],
                Rename = new Dictionary<string, string> { ["depth"] = "top_k" },
                Set = new Dictionary<string, ReadOnlyMemory<byte>>
                {
                    ["temperature"] = "2"u8.ToArray(),
                    ["service_tier"] = "\"standard_only\""u8.ToArray(),
                    ["output_config"] = """{"effort":"max"}"""u8.ToArray(),
                    ["stop_sequences"] = """["###"]"""u8.ToArray(),
                },
            },
        };

        var result = await _harness.FieldsAsync("""
            "user":"u","depth":3,"temperature":0.1,"service_tier":"flex","stop":"END","reasoning_effort":"low",
            "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"string"}}}
            """);

        var sent = _harness.Sent;
        sent.TryGetProperty("metadata", out _).ShouldBeFalse();
        sent.GetProperty("top_k").GetInt32().ShouldBe(3);
        sent.GetProperty("temperature").GetDouble().ShouldBe(1);
        sent.GetProperty("service_tier").GetString().ShouldBe("standard_only");
        sent.GetProperty("stop_sequences").GetRawText().ShouldBe("""["###"]""");
        sent.GetProperty("output_config").GetRawText().ShouldBe("""{"effort":"max","format":{"type":"json_schema","schema":{"type":"string"}}}""");
        result.DroppedParameters.ShouldBe(["user", "temperature"]);
    }

    [Fact]
    public async Task Send_EditsOfTheGateway_AreTranslatedToo()
    {
        var edits = new RequestEdits().Set("temperature", 0.2).Set("seed", 7).Drop("user");

        var result = await _harness.FieldsAsync("\"user\":\"u\",\"temperature\":0.9", edits);

        _harness.Sent.GetProperty("temperature").GetDouble().ShouldBe(0.2);
        _harness.Sent.TryGetProperty("metadata", out _).ShouldBeFalse();
        result.DroppedParameters.ShouldBe(["seed"]);
    }
}
