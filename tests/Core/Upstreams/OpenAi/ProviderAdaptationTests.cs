using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class ProviderAdaptationTests
{
    private const string Sampling =
        """
        "temperature":0.7,"top_p":0.9,"presence_penalty":1,"frequency_penalty":1,"seed":1,"store":true,"metadata":{},"service_tier":"auto",
        "logprobs":true,"top_logprobs":2,"stop":["x"],"max_tokens":9
        """;

    [Fact]
    public async Task Send_ReasoningModel_IsSentWhatItTakes()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { ReasoningModels = new HashSet<string> { "o4-mini" } });
        harness.Model = harness.Model with { Model = "o4-mini" };
        harness.Stub.Model("o4-mini");

        var result = await harness.WholeAsync(Chat(Sampling));

        result.Outcome.ShouldBe(CallOutcome.Ok);
        harness.Stub.Violations.ShouldBeEmpty();
        harness.Stub.Requests[0].Field("max_completion_tokens")!.Value.GetInt32().ShouldBe(9);
        result.DroppedParameters.Order().ShouldBe(
            ["frequency_penalty", "logprobs", "presence_penalty", "stop", "temperature", "top_logprobs", "top_p"]);
    }

    [Theory]
    [InlineData("api.openai.com", "o1", true)]
    [InlineData("openrouter.ai", "openai/o3-mini", true)]
    [InlineData("host", "gpt-5.1-codex", true)]
    [InlineData("host", "gpt-5", true)]
    [InlineData("host", "gpt-٥", false)]
    [InlineData("host", "gpt-5-chat-latest", false)]
    [InlineData("host", "gpt-oss-120b", false)]
    [InlineData("host", "gpt-4o", false)]
    [InlineData("host", "gpt-41x", false)]
    [InlineData("host", "olmo-2", false)]
    public void Presets_ReasoningModels_AreKnownByName(string host, string model, bool reasoning) =>
        OpenAiPresets.For(host, model).RenamesMaxTokens.ShouldBe(reasoning);

    [Theory]
    [InlineData("gemini-3-flash", "generativelanguage.googleapis.com", "frequency_penalty metadata presence_penalty seed service_tier store")]
    [InlineData("claude-opus-4-7", "api.anthropic.com", "temperature top_p")]
    [InlineData("claude-sonnet-5", "api.anthropic.com", "temperature top_p")]
    [InlineData("claude-opus-4-20250514", "api.anthropic.com", "")]
    [InlineData("claude-opus-٤-٧", "api.anthropic.com", "")]
    [InlineData("claude-3-5-sonnet-latest", "api.anthropic.com", "")]
    [InlineData("claude-opus-4-7", "elsewhere", "")]
    public void Apply_ProviderPreset_LeavesOutWhatItRefuses(string model, string host, string expected)
    {
        var sent = Adapt(Chat(Sampling), Model(host, model), out var dropped);

        dropped.Order().ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        sent.EnumerateObject().Select(field => field.Name).Intersect(dropped).ShouldBeEmpty();
    }

    [Fact]
    public void Apply_TemperatureOfOne_StaysForAReasoningModel()
    {
        var sent = Adapt(Chat("\"temperature\":1.0"), Model("host", "o3"), out var dropped);

        sent.GetProperty("temperature").GetRawText().ShouldBe("1.0");
        dropped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"max_tokens\":5", null, 5)]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":7", null, 7)]
    [InlineData("\"max_completion_tokens\":7", 3, 3)]
    [InlineData("\"max_tokens\":5", 3, 3)]
    [InlineData("\"x\":1", 3, 3)]
    public void Apply_RenamedLimit_IsThereOnceWithOurValueFirst(string fields, int? ours, int expected)
    {
        var edits = new RequestEdits();
        if (ours is { } value)
        {
            edits.Set("max_tokens", value);
        }

        var sent = Adapt(Chat(fields), Model("host", "o3"), out var dropped, edits);

        sent.EnumerateObject().Where(field => field.Name.StartsWith("max_", StringComparison.Ordinal))
            .ShouldHaveSingleItem().Value.GetInt32().ShouldBe(expected);
        dropped.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_DroppedNewName_DoesNotTakeTheRenamedWithIt()
    {
        var edits = new RequestEdits().Drop("max_completion_tokens");

        Adapt(Chat("\"max_tokens\":5,\"max_completion_tokens\":7"), Model("host", "o3"), out _, edits)
            .GetProperty("max_completion_tokens").GetInt32().ShouldBe(5);
    }

    [Fact]
    public void Apply_OperatorsParams_StandOverThePreset()
    {
        var model = Model("host", "o3") with
        {
            Params = new ParamsConfig
            {
                Drop = ["seed"],
                Rename = new Dictionary<string, string> { ["max_completion_tokens"] = "max_tokens" },
                Set = new Dictionary<string, ReadOnlyMemory<byte>> { ["temperature"] = "0.5"u8.ToArray(), ["extra"] = "{\"a\":1}"u8.ToArray() },
            },
        };

        var sent = Adapt(Chat("\"temperature\":0.7,\"seed\":1,\"max_tokens\":9"), model, out var dropped);

        sent.GetProperty("temperature").GetDouble().ShouldBe(0.5);
        sent.GetProperty("max_tokens").GetInt32().ShouldBe(9);
        sent.GetProperty("extra").GetRawText().ShouldBe("{\"a\":1}");
        sent.TryGetProperty("max_completion_tokens", out _).ShouldBeFalse();
        dropped.ShouldBe(["seed"]);
    }

    [Theory]
    [InlineData("api.openai.com", null, "developer")]
    [InlineData("eu.api.openai.com", null, "developer")]
    [InlineData("x.openai.azure.com", null, "developer")]
    [InlineData("openai.azure.com.evil.example", null, "system")]
    [InlineData("localhost", null, "system")]
    [InlineData("localhost", "developer", "developer")]
    [InlineData("api.openai.com", "user", "user")]
    public void Apply_DeveloperMessage_HasTheRoleThatTheProviderTakes(string host, string? configured, string expected)
    {
        var model = Model(host, "m") with { Params = new ParamsConfig { DeveloperRole = configured } };

        var sent = Adapt("""{"model":"a","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"}]}""", model, out _);

        sent.GetProperty("messages")[0].GetProperty("role").GetString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("\"tools\":[ ],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true", "model messages stream")]
    [InlineData("\"tools\":null,\"tool_choice\":\"none\"", "model messages stream")]
    [InlineData("\"tool_choice\":null,\"functions\":[],\"function_call\":\"none\"", "model messages stream")]
    [InlineData("\"tool_choice\":\"required\"", "model messages tool_choice stream")]
    [InlineData("\"tools\":[{}],\"tool_choice\":\"none\",\"parallel_tool_calls\":false", "model messages tools tool_choice parallel_tool_calls stream")]
    public void Apply_ToolsThatAskForNothing_AreLeftOut(string fields, string expected)
    {
        var sent = Adapt(Chat(fields), Model("host", "m"), out var dropped);

        sent.EnumerateObject().Select(field => field.Name).ShouldBe(expected.Split(' '));
        dropped.ShouldBeEmpty();
    }

    private static string Chat(string fields) => $$"""{"model":"a","messages":[{"role":"user","content":"Hi"}],{{fields}}}""";

    private static ModelConfig Model(string host, string model) => new()
    {
        DisplayName = "a",
        Provider = ProviderKind.OpenAi,
        Model = model,
        BaseUrl = new Uri($"https://{host}/v1"),
    };

    private static JsonElement Adapt(string chat, ModelConfig model, out IReadOnlyList<string> dropped, RequestEdits? edits = null)
    {
        var request = new UpstreamRequest
        {
            Model = model,
            Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(chat), ChatLimits.Default),
            Edits = edits ?? new RequestEdits(),
            Watch = new RecordingWatch(),
        };
        var adapted = ProviderAdaptation.Apply(request, new ModelProfile(model, model.BaseUrl!), [], out dropped);
        using var document = JsonDocument.Parse(RequestRewriter.Rewrite(request.Chat, adapted).ToArray());
        return document.RootElement.Clone();
    }
}
