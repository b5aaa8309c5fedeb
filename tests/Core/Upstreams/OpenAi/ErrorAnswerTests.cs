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
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("{}")]
    [InlineData("{\"code\":\"\",\"message\":\"\"}")]
    public async Task Send_AnswerWithAnErrorThatSaysNothing_IsAnAnswer(string error)
    {
        _harness.Served.Enqueue(StubReply.RawBody(
            200, $$"""{"error":{{error}},"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}""", "application/json"));

        (await _harness.WholeAsync()).Answer!.Content.ShouldBe("yes");
    }

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
    [InlineData(423, CallOutcome.ServerError)]
    [InlineData(424, CallOutcome.ServerError)]
    [InlineData(425, CallOutcome.ServerError)]
    [InlineData(498, CallOutcome.ServerError)]
    [InlineData(499, CallOutcome.ServerError)]
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
    [InlineData("""{"error":"{\"error\":{\"message\":\"No.\",\"code\":\"c\"}}"}""", "No.", null, "c", null)]
    [InlineData("""{"error":{"message":"[{\"message\":\"No.\",\"type\":\"t\"}]"}}""", "No.", "t", null, null)]
    [InlineData("\"{\\\"detail\\\":\\\"No.\\\"}\"", "No.", null, null, null)]
    [InlineData("""{"error":{"message":"Upstream said: {\"error\":{\"message\":\"No.\",\"code\":\"c\"}}"}}""", "Upstream said: {\"error\":{\"message\":\"No.\",\"code\":\"c\"}}", null, "c", null)]
    [InlineData("""{"errors":[{"message":"No.","code":"c"}]}""", "No.", null, "c", null)]
    [InlineData("""{"detail":{"error":{"message":"No.","param":"p"}}}""", "No.", null, null, "p")]
    [InlineData("""{"error":{"message":"Relayed.","metadata":{"raw":"{\"error\":{\"message\":\"No.\",\"param\":\"p\"}}"}}}""", "Relayed: No.", null, null, "p")]
    [InlineData("""{"error_code":17,"error_msg":"No."}""", "No.", null, null, null)]
    [InlineData("data: {\"error\":{\"message\":\"No.\",\"code\":\"c\"}}\n\n", "No.", null, "c", null)]
    [InlineData("event: error\r\ndata: {\"message\":\"No.\"}\r\n\r\ndata: [DONE]\r\n\r\n", "No.", null, null, null)]
    [InlineData("""[]""", "[]", null, null, null)]
    [InlineData("""{"error":{"message":"\ud800 No."}}""", "\ufffd No.", null, null, null)]
    [InlineData("<html>No.</html>", "<html>No.</html>", null, null, null)]
    [InlineData("", "The provider answered with status 400.", null, null, null)]
    public async Task Send_ErrorBody_IsReadInEachShape(string body, string message, string? type, string? code, string? param)
    {
        _harness.Served.Enqueue(StubReply.RawBody(400, body, "application/json"));

        var result = await _harness.WholeAsync();

        result.Error.ShouldBe(new UpstreamError(message) { Status = 400, Type = type, Code = code, Param = param });
    }

    [Theory]
    [InlineData(403, """{"code":"denied","error":"This content violates our terms."}""", CallOutcome.Filtered)]
    [InlineData(403, """{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["x"],"flagged_input":"y"}}}""", CallOutcome.Filtered)]
    [InlineData(403, """{"error":{"message":"The prompt may hold sensitive material."}}""", CallOutcome.Filtered)]
    [InlineData(403, """{"error":{"message":"No.","code":"content_policy_violation"}}""", CallOutcome.Filtered)]
    [InlineData(402, """{"error":{"code":402,"message":"Ask for fewer max_tokens: 900 were asked for, 20 are paid."}}""", CallOutcome.RequestRejected)]
    [InlineData(403, """{"error":{"message":"The prompt is too long for your plan."}}""", CallOutcome.RequestRejected)]
    [InlineData(402, """{"error":{"message":"Insufficient balance."}}""", CallOutcome.AuthenticationFailed)]
    [InlineData(403, """{"error":{"message":"Your account violates the usage policy; requests are blocked."}}""", CallOutcome.AuthenticationFailed)]
    [InlineData(401, """{"error":{"message":"This content violates our terms."}}""", CallOutcome.AuthenticationFailed)]
    [InlineData(403, """{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}""", CallOutcome.RateLimited)]
    [InlineData(400, """{"error":{"message":"No.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""", CallOutcome.AuthenticationFailed)]
    [InlineData(429, """{"error":{"message":"Request too large on tokens per min: Limit 6000, Requested 9000.","code":"rate_limit_exceeded"}}""", CallOutcome.RequestRejected)]
    [InlineData(429, """{"error":{"message":"Limit ٦٠٠٠, Requested ٩٠٠٠.","code":"rate_limit_exceeded"}}""", CallOutcome.RateLimited)]
    [InlineData(429, """{"error":{"message":"Limit 6000, Used 5900, Requested 900.","code":"rate_limit_exceeded"}}""", CallOutcome.RateLimited)]
    [InlineData(500, """{"error":{"message":"No.","code":"context_length_exceeded"}}""", CallOutcome.RequestRejected)]
    public async Task Send_ErrorBody_GoesBeforeItsStatus(int status, string body, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.RawBody(status, body, "application/json"));

        (await _harness.WholeAsync()).Outcome.ShouldBe(outcome);
    }

    [Theory]
    [InlineData("""{"detail":"No."}""", CallOutcome.ServerError)]
    [InlineData("""{"object":"error","message":"No.","code":429}""", CallOutcome.RateLimited)]
    [InlineData("""[{"error":{"message":"No.","code":400}}]""", CallOutcome.RequestRejected)]
    [InlineData("\"No.\"", CallOutcome.ServerError)]
    [InlineData("""{"error":{"message":"No.","code":499}}""", CallOutcome.ServerError)]
    public async Task Send_ErrorInsideA200_IsRead(string body, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.RawBody(200, body, "application/json"));

        var result = await _harness.WholeAsync();

        (result.Outcome, result.Error!.Message).ShouldBe((outcome, "No."));
    }

    [Fact]
    public async Task Send_BodyOfNothing_IsNoAnswer()
    {
        _harness.Served.Enqueue(StubReply.RawBody(200, """{"id":"x","object":"chat.completion","choices":[]}""", "application/json"));

        (await _harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.InvalidResponse);
    }

    [Theory]
    [InlineData("message", "No.")]
    [InlineData("code", "c-***")]
    [InlineData("param", "p-***")]
    public async Task Send_KeyInAnyFieldOfAnError_IsTakenOut(string field, string expected)
    {
        _harness.Model = _harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        _harness.Secrets.Secret = "sk-secret";
        _harness.Served.Enqueue(StubReply.Error(400, "c-sk-secret", "No.", "p-sk-secret"));

        var error = (await _harness.WholeAsync()).Error!;

        (field switch { "message" => error.Message, "code" => error.Code, _ => error.Param }).ShouldBe(expected);
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
    [InlineData(429, "Retry-After", "1.5", 1.5)]
    [InlineData(503, "Retry-After", "119.25", 119.25)]
    [InlineData(429, "Retry-After", "4s", 4.0)]
    [InlineData(429, "Retry-After", "1767225605", 5.0)]
    [InlineData(429, "retry-after-ms", "250", 0.25)]
    [InlineData(429, "retry-after-ms", "0.5", 0.0005)]
    [InlineData(429, "x-ms-retry-after-ms", "4200", 4.2)]
    [InlineData(429, "x-ratelimit-reset", "1767225605", 5.0)]
    [InlineData(429, "x-ratelimit-reset", "2.5", 2.5)]
    [InlineData(429, "x-ratelimit-reset-requests", "1h2m", 3720.0)]
    [InlineData(429, "x-ratelimit-reset-tokens", "2026-01-01T00:01:00Z", 60.0)]
    [InlineData(429, "anthropic-ratelimit-requests-reset", "2026-01-01T00:00:30Z", 30.0)]
    [InlineData(429, "ratelimit-reset", "Thu, 01 Jan 2026 00:00:09 GMT", 9.0)]
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

    [Theory]
    [InlineData(429, """{"error":{"message":"Try again in 3s."}}""", 3.0)]
    [InlineData(429, """{"error":{"message":"Please try again in 7m12s. Visit the console."}}""", 432.0)]
    [InlineData(429, """{"error":{"message":"Please retry your request in 1h2m."}}""", 3720.0)]
    [InlineData(429, """{"error":{"message":"wait 500ms"}}""", 0.5)]
    [InlineData(429, """{"error":{"message":"The limit resets in 1 hour and 5 minutes."}}""", 3900.0)]
    [InlineData(429, """{"error":{"message":"Please retry after 27 seconds."}}""", 27.0)]
    [InlineData(429, """{"error":{"message":"Limit: 3 requests in 60 seconds."}}""", null)]
    [InlineData(429, """[{"error":{"message":"No.","details":[{"@type":"x","retryDelay":"14s"}]}}]""", 14.0)]
    [InlineData(429, """{"error":{"message":"Retry in 2.25s.","details":[{"retryDelay":"2s"}]}}""", 2.25)]
    [InlineData(503, """{"error":{"message":"No.","details":[{"retryDelay":"1.5s"}]}}""", 1.5)]
    [InlineData(429, """{"message":"No.","retry_after":0.75}""", 0.75)]
    [InlineData(429, """{"message":"No.","retry_after_ms":40}""", 0.04)]
    [InlineData(503, """{"error":"The model is loading","estimated_time":20.5}""", 20.5)]
    [InlineData(429, """{"error":{"message":"No.","metadata":{"headers":{"X-RateLimit-Reset":"1767225608000"}}}}""", 8.0)]
    [InlineData(400, """{"error":{"message":"Try again in 3s."}}""", null)]
    [InlineData(200, """{"error":{"message":"Try again in 3s.","code":429}}""", 3.0)]
    public async Task Send_WaitInTheBody_IsRead(int status, string body, double? seconds)
    {
        _harness.Served.Enqueue(StubReply.RawBody(status, body, "application/json"));

        (await _harness.WholeAsync()).Error!.RetryAfter.ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }

    [Fact]
    public async Task Send_WordsAndResetHeader_TheWordsAreAboutThisRefusal()
    {
        _harness.Served.Enqueue(StubReply.RawBody(
            429, """{"message":"Try again in 7m"}""", "application/json", new Dictionary<string, string> { ["x-ratelimit-reset-tokens"] = "2s" }));

        (await _harness.WholeAsync()).Error!.RetryAfter.ShouldBe(TimeSpan.FromMinutes(7));
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
