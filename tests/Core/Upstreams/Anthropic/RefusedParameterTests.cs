using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class RefusedParameterTests : IAsyncLifetime
{
    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData("temperature", "`temperature` is deprecated for this model.", "\"temperature\":0.4", "temperature")]
    [InlineData("output_config", "This model does not support the effort parameter.", "\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("stop_sequences", "stop_sequences: Extra inputs are not permitted", "\"stop\":\"END\"", "stop")]
    public async Task Send_RefusedParameter_IsLeftOutAndRemembered(string field, string message, string fields, string name)
    {
        _harness.Served.Default = StubReply.Dynamic(
            request => request.Field(field) is null ? StubReply.Text("yes") : StubReply.Error(400, null, message));

        foreach (var requests in (int[])[2, 3])
        {
            (await _harness.FieldsAsync(fields)).DroppedParameters.ShouldBe([name]);
            _harness.Stub.Requests.Count.ShouldBe(requests);
        }

        _harness.Log.Lines.ShouldHaveSingleItem().Text.ShouldContain($"'{name}'");
    }

    [Fact]
    public async Task Send_RefusedEffort_IsLeftOutAtThatLevelAlone()
    {
        _harness.Served.Default = StubReply.Dynamic(request =>
            request.Field("output_config")?.GetProperty("effort").GetString() == "max"
                ? StubReply.Error(400, null, "output_config.effort 'max' is not supported when thinking is disabled on this model.")
                : StubReply.Text("yes"));

        (await _harness.FieldsAsync("\"reasoning_effort\":\"max\"")).DroppedParameters.ShouldBe(["reasoning_effort"]);
        (await _harness.FieldsAsync("\"reasoning_effort\":\"low\"")).DroppedParameters.ShouldBeEmpty();
        _harness.Sent.GetProperty("output_config").GetRawText().ShouldBe("""{"effort":"low"}""");
    }

    [Fact]
    public async Task Send_RefusedFormat_IsNeverLeftOut()
    {
        _harness.Served.Default = StubReply.Error(400, null, "output_config.format: Extra inputs are not permitted");

        var result = await _harness.WholeAsync("""
            {"model":"alias","messages":[{"role":"user","content":"Hi"}],
            "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"string"}}}}
            """);

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.Error!.Param.ShouldBe("response_format");
        _harness.Stub.Requests.Count.ShouldBe(1);
    }
}
