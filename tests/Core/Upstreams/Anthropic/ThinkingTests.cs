using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

/// <summary>How much models of the Messages API think, by the name of their version.</summary>
public sealed class ThinkingTests : IAsyncLifetime
{
    private const string Call = """{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}""";
    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";

    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData("claude-sonnet-4-5", "low", 1024, 5120)]
    [InlineData("claude-opus-4-20250514", "medium", 4096, 8192)]
    [InlineData("claude-3-7-sonnet-20250219", "high", 16384, 20480)]
    [InlineData("claude-sonnet-4-5", "xhigh", 16384, 20480)]
    public async Task Send_EffortToAModelWithABudget_IsThatOfItsThoughts(string model, string effort, int budget, int max)
    {
        var result = await SendAsync(model, $"\"reasoning_effort\":\"{effort}\",\"temperature\":0.2,\"top_p\":0.5");

        var sent = _harness.Sent;
        sent.GetProperty("thinking").GetRawText().ShouldBe($$$"""{"type":"enabled","budget_tokens":{{{budget}}}}""");
        sent.GetProperty("max_tokens").GetInt32().ShouldBe(max);
        (sent.TryGetProperty("temperature", out _), sent.TryGetProperty("output_config", out _)).ShouldBe((false, false));
        result.DroppedParameters.ShouldBe(["temperature", "top_p"]);
    }

    [Theory]
    [InlineData("claude-sonnet-4-6", "high", """{"effort":"high"}""")]
    [InlineData("claude-opus-4-7", "low", """{"effort":"low"}""")]
    public async Task Send_EffortToALaterModel_IsItsEffort(string model, string effort, string config)
    {
        await SendAsync(model, $"\"reasoning_effort\":\"{effort}\"");

        _harness.Sent.GetProperty("output_config").GetRawText().ShouldBe(config);
        _harness.Sent.TryGetProperty("thinking", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("claude-3-5-haiku-latest", "\"reasoning_effort\":\"high\"", "reasoning_effort")]
    [InlineData("claude-3-opus-20240229", "\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("claude-sonnet-4-5", "\"reasoning_effort\":\"none\"", "")]
    [InlineData("claude-3-5-haiku-latest", "\"reasoning_effort\":\"none\"", "")]
    [InlineData("claude-sonnet-4-5", "\"reasoning_effort\":\"high\",\"max_tokens\":1500", "reasoning_effort")]
    [InlineData("claude-sonnet-4-5", "\"reasoning_effort\":\"high\",\"tool_choice\":\"required\"," + Tools, "reasoning_effort")]
    public async Task Send_EffortThatIsNotPossible_GoesWithout(string model, string fields, string dropped)
    {
        var result = await SendAsync(model, fields);

        _harness.Sent.TryGetProperty("thinking", out _).ShouldBeFalse();
        result.DroppedParameters.ShouldBe(dropped.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Send_LimitOfTheCaller_IsSharedWithTheThoughts()
    {
        await SendAsync("claude-sonnet-4-5", "\"reasoning_effort\":\"high\",\"max_completion_tokens\":6000");

        _harness.Sent.GetProperty("max_tokens").GetInt32().ShouldBe(6000);
        _harness.Sent.GetProperty("thinking").GetProperty("budget_tokens").GetInt32().ShouldBe(3000);
    }

    [Fact]
    public async Task Send_LastTurnThatCalledTools_GoesWithoutSinceItsThoughtsAreGone()
    {
        var fields = "\"reasoning_effort\":\"low\"," + Tools;
        var amid = await SendAsync("claude-sonnet-4-5", fields, "," + Call);
        _harness.Sent.TryGetProperty("thinking", out _).ShouldBeFalse();
        amid.DroppedParameters.ShouldBe(["reasoning_effort"]);

        await SendAsync("claude-sonnet-4-5", fields, "," + Call + """,{"role":"assistant","content":"Done."},{"role":"user","content":"More?"}""");
        _harness.Sent.TryGetProperty("thinking", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("thinking: Extra inputs are not permitted")]
    [InlineData("This model does not support extended thinking.")]
    public async Task Send_ThinkingThatIsRefused_IsLeftOutAndRemembered(string message)
    {
        _harness.Stub.Model("claude-sonnet-4-5").Default = StubReply.Dynamic(
            request => request.Field("thinking") is null ? StubReply.Text("yes") : StubReply.Error(400, null, message));

        foreach (var requests in (int[])[2, 3])
        {
            var result = await SendAsync("claude-sonnet-4-5", "\"reasoning_effort\":\"low\"", keepReply: true);
            result.DroppedParameters.ShouldBe(["reasoning_effort"]);
            _harness.Stub.Requests.Count.ShouldBe(requests);
        }
    }

    private async Task<UpstreamResult> SendAsync(string model, string fields, string more = "", bool keepReply = false)
    {
        _harness.Model = TestModels.Anthropic("alias", _harness.Stub.BaseUrl, model);
        if (!keepReply)
        {
            _harness.Stub.Model(model).Answers("yes");
        }

        var result = await _harness.WholeAsync($$"""{"model":"alias","messages":[{"role":"user","content":"Hi"}{{more}}],{{fields}}}""");
        _harness.Stub.Violations.ShouldBeEmpty();
        result.Outcome.ShouldBe(CallOutcome.Ok);
        return result;
    }
}
