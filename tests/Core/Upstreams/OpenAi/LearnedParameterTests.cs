using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class LearnedParameterTests
{
    [Theory]
    [InlineData("Unsupported parameter: 'seed' is not supported with this model.", "seed", "unsupported_parameter")]
    [InlineData("Unrecognized request argument supplied: seed", null, null)]
    [InlineData("Invalid JSON payload received. Unknown name \"seed\": Cannot find field.", null, "400")]
    [InlineData("seed: Extra inputs are not permitted", null, null)]
    [InlineData("property 'seed' is unsupported", null, null)]
    [InlineData("`seed` is deprecated for this model.", null, null)]
    [InlineData("Argument not supported on this model: Seed", null, null)]
    public async Task Send_RefusedParameter_IsLeftOutFromThenOn(string message, string? param, string? code)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "seed", StubReply.Error(400, code, message, param));
        const string Chat = """{"model":"alias","seed":7,"messages":[{"role":"user","content":"Hi"}]}""";

        var first = await harness.WholeAsync(Chat);
        var second = await harness.WholeAsync(Chat);

        harness.Stub.Requests.Count.ShouldBe(3);
        foreach (var result in (UpstreamResult[])[first, second])
        {
            result.Outcome.ShouldBe(CallOutcome.Ok);
            result.DroppedParameters.ShouldBe(["seed"]);
        }

        var (level, text) = harness.Log.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Information);
        text.ShouldContain("'seed'");
    }

    [Fact]
    public async Task Send_RefusedLimit_IsSentUnderTheOtherName()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { ReasoningModels = new HashSet<string> { "m" } });

        var result = await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.DroppedParameters.ShouldBeEmpty();
        harness.Stub.Requests[^1].Field("max_completion_tokens")!.Value.GetInt32().ShouldBe(5);
    }

    [Theory]
    [InlineData(3, CallOutcome.Ok, 4)]
    [InlineData(4, CallOutcome.RequestRejected, 4)]
    public async Task Send_SeveralRefusedParameters_AreLearnedUpToThreeInOneCall(int count, CallOutcome outcome, int requests)
    {
        string[] names = ["seed", "user", "top_p", "logit_bias"];
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = names.Take(count).ToHashSet() });

        var result = await harness.WholeAsync(
            """{"model":"alias","seed":7,"user":"u","top_p":0.5,"logit_bias":{},"messages":[{"role":"user","content":"Hi"}]}""");

        result.Outcome.ShouldBe(outcome);
        harness.Stub.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Send_RefusedValue_IsForgottenForOtherValues()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("reasoning_effort")?.GetString() == "xhigh"
            ? StubReply.Error(400, "unsupported_value", "Unsupported value: 'reasoning_effort' does not support 'xhigh'.", "reasoning_effort")
            : StubReply.Text("yes"));

        (await harness.WholeAsync(Effort("xhigh"))).DroppedParameters.ShouldBe(["reasoning_effort"]);
        (await harness.WholeAsync(Effort("low"))).DroppedParameters.ShouldBeEmpty();
        (await harness.WholeAsync(Effort("xhigh"))).DroppedParameters.ShouldBe(["reasoning_effort"]);

        harness.Stub.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("temperature", "Invalid 'temperature': expected a value <= 1.", "decimal_above_max_value")]
    [InlineData("response_format", "'response_format' is not supported with this model.", "unsupported_parameter")]
    [InlineData("max_tokens", "'max_tokens' is not supported with this model.", "unsupported_parameter")]
    [InlineData("messages[0].role", "'messages[0].role' does not support 'user'.", "unsupported_value")]
    [InlineData(null, "This model is not available to user or stop words.", null)]
    [InlineData(null, "'not_sent' is not supported.", null)]
    public async Task Send_RequestThatIsAtFault_IsNotRepeated(string? param, string message, string? code)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Error(400, code, message, param);

        var result = await harness.WholeAsync(
            """
            {"model":"alias","temperature":1.5,"user":"u","stop":["x"],"max_tokens":5,"response_format":{"type":"json_object"},
            "messages":[{"role":"user","content":"Hi"}]}
            """);

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.DroppedParameters.ShouldBeEmpty();
        harness.Stub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Send_ManyInventedParameters_DoNotKeepARealOneFromBeingLearned()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefuseUnknownFields = true, RefusedFields = new HashSet<string> { "seed" } });
        for (var i = 0; i < 40; i++)
        {
            await harness.WholeAsync($$"""{"model":"alias","made_up_{{i}}":1,"messages":[{"role":"user","content":"Hi"}]}""");
        }

        const string Chat = """{"model":"alias","seed":7,"messages":[{"role":"user","content":"Hi"}]}""";
        await harness.WholeAsync(Chat);
        var before = harness.Stub.Requests.Count;
        await harness.WholeAsync(Chat);

        (harness.Stub.Requests.Count - before).ShouldBe(1);
    }

    [Fact]
    public async Task Send_ProviderWithoutStreamOptions_IsStillStreamedFrom()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = new HashSet<string> { "stream_options" } });
        var sink = new RecordingSink();

        var result = await harness.StreamAsync(sink);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        sink.Text.ShouldNotBeEmpty();
        result.Usage.ShouldBeNull();
    }

    private static string Effort(string effort) =>
        $$"""{"model":"alias","reasoning_effort":"{{effort}}","messages":[{"role":"user","content":"Hi"}]}""";

    private static void Refuse(OpenAiHarness harness, string field, StubReply error) =>
        harness.Served.Default = StubReply.Dynamic(request => request.Field(field) is null ? StubReply.Text("yes") : error);
}
