using System.Net;
using Ensemble.Catalog.Addresses;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class ErrorTests : IAsyncLifetime
{
    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData(400, CallOutcome.RequestRejected, "invalid_request_error")]
    [InlineData(401, CallOutcome.AuthenticationFailed, "authentication_error")]
    [InlineData(402, CallOutcome.AuthenticationFailed, "billing_error")]
    [InlineData(403, CallOutcome.AuthenticationFailed, "permission_error")]
    [InlineData(404, CallOutcome.NotFound, "not_found_error")]
    [InlineData(413, CallOutcome.RequestRejected, "request_too_large")]
    [InlineData(429, CallOutcome.RateLimited, "rate_limit_error")]
    [InlineData(500, CallOutcome.ServerError, "api_error")]
    [InlineData(529, CallOutcome.ServerError, "overloaded_error")]
    public async Task Send_Status_HasItsOutcome(int status, CallOutcome outcome, string type)
    {
        _harness.Served.Enqueue(StubReply.Error(status, null, "No.", retryAfter: TimeSpan.FromSeconds(7)));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(outcome);
        result.Error.ShouldBe(new UpstreamError("No.") { Status = status, Type = type, RetryAfter = TimeSpan.FromSeconds(7) });
    }

    [Theory]
    [InlineData("prompt is too long: 208310 tokens > 200000 maximum", "context_length_exceeded", "messages")]
    [InlineData("input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again", "context_length_exceeded", "messages")]
    [InlineData("max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for m", null, "max_tokens")]
    [InlineData("messages.0.content.1.image.source.base64.data: image exceeds 5 MB maximum", null, "messages")]
    [InlineData("tools.0.custom.name: String should match pattern", null, "tools")]
    [InlineData("output_config.format.schema: For 'object' type", null, "response_format")]
    [InlineData("output_config: Extra inputs are not permitted", null, "reasoning_effort")]
    [InlineData("This model does not support the effort parameter.", null, "reasoning_effort")]
    [InlineData("output_config.effort 'max' is not supported when thinking is disabled on this model.", "unsupported_value", "reasoning_effort")]
    [InlineData("odd.field: wrong", null, null)]
    [InlineData("Something: else", null, null)]
    public async Task Send_RefusedRequest_NamesTheFieldThatTheCallerKnows(string message, string? code, string? param)
    {
        _harness.Served.Enqueue(StubReply.Error(400, null, message));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.Error!.Message.ShouldBe(message);
        result.Error.Code.ShouldBe(code);
        result.Error.Param.ShouldBe(param);
    }

    [Theory]
    [InlineData("Your credit balance is too low to access the API. Please go to Plans & Billing.")]
    [InlineData("You have reached your specified API usage limits. You will regain access later.")]
    public async Task Send_EmptyAccount_IsTheOperatorsToFix(string message)
    {
        _harness.Served.Enqueue(StubReply.Error(400, null, message));

        (await _harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.AuthenticationFailed);
    }

    [Fact]
    public async Task Send_RefusedKey_IsLoggedAndNotRepeated()
    {
        _harness.Served.Enqueue(StubReply.Error(401, null, "invalid x-api-key sk-ant-1"));

        var result = await _harness.WholeAsync();

        result.Error!.Message.ShouldBe("invalid x-api-key ***");
        _harness.Log.Lines.ShouldHaveSingleItem().Text.ShouldNotContain("sk-ant-1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_HostAtAForbiddenAddress_FailsForGoodAndIsLogged(bool streamed)
    {
        await using var harness = await AnthropicHarness.StartAsync(network: new UpstreamNetwork
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]),
        });
        harness.Model = harness.Model with { BaseUrl = new UriBuilder(harness.Stub.BaseUrl) { Host = "provider.test" }.Uri };
        var sink = new RecordingSink();

        var result = streamed ? await harness.StreamAsync(sink) : await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Status.ShouldBeNull();
        result.Error.Code.ShouldBe("address_refused");
        result.Error.Message.ShouldContain("'provider.test' is at 169.254.169.254");
        var (level, text) = harness.Log.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Warning);
        text.ShouldContain(result.Error.Message);
        harness.Stub.Requests.ShouldBeEmpty();
    }
}
