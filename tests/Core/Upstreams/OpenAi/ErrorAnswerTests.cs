using Ensemble.Catalog;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class ErrorAnswerTests : IAsyncLifetime
{
    private OpenAiHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await OpenAiHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData(400, CallOutcome.RequestRejected)]
    [InlineData(413, CallOutcome.RequestRejected)]
    [InlineData(422, CallOutcome.RequestRejected)]
    [InlineData(404, CallOutcome.NotFound)]
    [InlineData(401, CallOutcome.AuthenticationFailed)]
    [InlineData(403, CallOutcome.AuthenticationFailed)]
    [InlineData(429, CallOutcome.RateLimited)]
    [InlineData(408, CallOutcome.ServerError)]
    [InlineData(409, CallOutcome.ServerError)]
    [InlineData(425, CallOutcome.ServerError)]
    [InlineData(500, CallOutcome.ServerError)]
    [InlineData(503, CallOutcome.ServerError)]
    [InlineData(529, CallOutcome.ServerError)]
    [InlineData(302, CallOutcome.NotFound)]
    [InlineData(402, CallOutcome.AuthenticationFailed)]
    [InlineData(415, CallOutcome.NotFound)]
    [InlineData(418, CallOutcome.NotFound)]
    public async Task Send_Status_HasItsOutcome(int status, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Error(status, "some_code", "No.", "temperature"));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(outcome);
        result.Error.ShouldBe(new UpstreamError("No.") { Status = status, Type = "invalid_request_error", Code = "some_code", Param = "temperature" });
    }

    [Theory]
    [InlineData("""{"error":{"message":"No.","type":"t","param":"p","code":"c"}}""", "No.", "t", "c", "p")]
    [InlineData("""[{"error":{"code":400,"message":"No.","status":"INVALID_ARGUMENT"}}]""", "No.", "INVALID_ARGUMENT", "400", null)]
    [InlineData("""{"object":"error","message":"No.","type":"BadRequestError","param":null,"code":400}""", "No.", "BadRequestError", "400", null)]
    [InlineData("""{"message":"No."}""", "No.", null, null, null)]
    [InlineData("""{"detail":"No."}""", "No.", null, null, null)]
    [InlineData("""{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"No."}]}""", "seed: No.", "extra_forbidden", null, "seed")]
    [InlineData("""{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"No."}]},"type":"x"}""", "seed: No.", "x", null, "seed")]
    [InlineData("""{"error":"No.","code":"c"}""", "No.", null, "c", null)]
    [InlineData("<html>No.</html>", "<html>No.</html>", null, null, null)]
    [InlineData("", "The provider answered with status 400.", null, null, null)]
    public async Task Send_ErrorBody_IsReadInEachShape(string body, string message, string? type, string? code, string? param)
    {
        _harness.Served.Enqueue(StubReply.RawBody(400, body, "application/json"));

        var result = await _harness.WholeAsync();

        result.Error.ShouldBe(new UpstreamError(message) { Status = 400, Type = type, Code = code, Param = param });
    }

    [Fact]
    public async Task Send_LongErrorText_IsCut()
    {
        _harness.Served.Enqueue(StubReply.RawBody(500, new string('x', 200_000), "text/plain"));

        (await _harness.WholeAsync()).Error!.Message.Length.ShouldBe(1000);
    }

    [Fact]
    public async Task Send_RefusedKey_WarnsAndNeverShowsIt()
    {
        _harness.Model = _harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        _harness.Secrets.Secret = "sk-secret";
        _harness.Served.Enqueue(StubReply.Error(401, "invalid_api_key", "Incorrect key: sk-secret"));

        var result = await _harness.WholeAsync();

        result.Error!.Message.ShouldBe("Incorrect key: ***");
        var (level, text) = _harness.Log.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Warning);
        text.ShouldContain("alias");
        text.ShouldNotContain("sk-secret");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\r\nX-Other: b")]
    public async Task Send_KeyThatCannotBeSent_MakesNoCall(string? secret)
    {
        _harness.Model = _harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        _harness.Secrets.Secret = secret;

        (await _harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.AuthenticationFailed);
        _harness.Stub.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(429, "Retry-After", "7", 7.0)]
    [InlineData(503, "Retry-After", "Thu, 01 Jan 2026 00:00:09 GMT", 9.0)]
    [InlineData(503, "Retry-After", "Wed, 31 Dec 2025 00:00:00 GMT", 0.0)]
    [InlineData(429, "retry-after-ms", "250", 0.25)]
    [InlineData(429, "x-ratelimit-reset-tokens", "6m0.5s", 360.5)]
    [InlineData(429, "x-ratelimit-reset-requests", "20ms", 0.02)]
    [InlineData(429, "x-ratelimit-reset", "1767225610000", 10.0)]
    [InlineData(429, "x-ratelimit-reset", "soon", null)]
    [InlineData(429, "Retry-After", "99999999", 86400.0)]
    [InlineData(500, "x-ratelimit-reset-tokens", "6s", null)]
    public async Task Send_WaitHeader_IsReadByTheClock(int status, string header, string value, double? seconds)
    {
        _harness.Served.Enqueue(StubReply.RawBody(status, "{}", "application/json", new Dictionary<string, string> { [header] = value }));

        (await _harness.WholeAsync()).Error!.RetryAfter.ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }

    [Fact]
    public async Task Send_TwoLimits_WaitsForTheOneThatIsUsedUp()
    {
        _harness.Served.Enqueue(StubReply.RawBody(429, "{}", "application/json", new Dictionary<string, string>
        {
            ["x-ratelimit-remaining-requests"] = "12",
            ["x-ratelimit-reset-requests"] = "1h",
            ["x-ratelimit-remaining-tokens"] = "0",
            ["x-ratelimit-reset-tokens"] = "3s",
        }));

        (await _harness.WholeAsync()).Error!.RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
    }
}
