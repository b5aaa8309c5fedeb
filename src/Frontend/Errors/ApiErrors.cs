using System.Globalization;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Execution;
using Ensemble.Frontend.Http;
using Ensemble.Gates;
using Ensemble.Runs;

namespace Ensemble.Frontend.Errors;

/// <summary>The one table between what can go wrong and what a caller is told.</summary>
internal static class ApiErrors
{
    private const string InvalidRequest = "invalid_request_error";
    private const string Authentication = "authentication_error";
    private const string Upstream = "upstream_error";
    private const string RateLimit = "rate_limit_error";
    private const string OverloadedType = "overloaded_error";

    /// <summary>Characters of a message that holds what a caller sent.</summary>
    private const int MaxMessage = 500;

    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    public static readonly ApiError KeyMissing = new(
        401, Authentication, ErrorCodes.InvalidApiKey, "No API key was sent: send one as 'Authorization: Bearer KEY'.")
    { IsPermanent = true };

    public static readonly ApiError KeyUnknown =
        new(401, Authentication, ErrorCodes.InvalidApiKey, "This API key is not known here.") { IsPermanent = true };

    public static readonly ApiError KeyExpired =
        new(401, Authentication, ErrorCodes.ApiKeyExpired, "This API key has expired.") { IsPermanent = true };

    public static readonly ApiError KeyDisabled =
        new(401, Authentication, ErrorCodes.ApiKeyDisabled, "This API key is disabled.") { IsPermanent = true };

    public static readonly ApiError KeyRequiredRemotely = new(
        401, Authentication, ErrorCodes.InvalidApiKey,
        "No caller keys are configured, so only this machine's own user is served, without a proxy: add \"keys\" to the catalog.")
    { IsPermanent = true };

    public static readonly ApiError Overloaded = new(
        503,
        OverloadedType,
        SnakeCase.Of(RunFailureKind.Overloaded),
        "As many requests as allowed are in flight, or what they send and get takes all the memory that it may, "
        + "or usage cannot be recorded now: try again shortly.")
    { RetryAfter = DefaultRetryAfter };

    public static readonly ApiError Draining = new(
        503, OverloadedType, ErrorCodes.Draining, "This server is shutting down: try again.")
    { RetryAfter = DefaultRetryAfter };

    public static readonly ApiError Unavailable = new(
        503, OverloadedType, ErrorCodes.Unavailable, "The servers behind this one do not answer now: try again shortly.")
    { RetryAfter = DefaultRetryAfter };

    public static readonly ApiError NotFound =
        new(404, InvalidRequest, ErrorCodes.NotFound, "There is nothing at this address.") { IsPermanent = true };

    public static readonly ApiError Fault = new(
        500, "api_error", SnakeCase.Of(RunFailureKind.InternalError), "The gateway failed; its log has the request id.");

    public static readonly ApiError IdempotencyKeyMalformed = new(
        400, InvalidRequest, ErrorCodes.InvalidIdempotencyKey,
        $"An Idempotency-Key has 1 to {RepeatedRequests.MaxKeyLength} visible ASCII characters, and is sent once.")
    { IsPermanent = true };

    public static readonly ApiError IdempotencyKeyReused = new(
        422, InvalidRequest, ErrorCodes.IdempotencyKeyReused,
        "This Idempotency-Key came with another body before: send the same one, or take a new key.")
    { IsPermanent = true };

    public static readonly ApiError ManifestNotAllowed = new(
        403, "permission_error", ErrorCodes.ManifestNotAllowed,
        $"This API key may not read manifests with names: leave '{HeaderNames.Manifest}' out, or read GET /v1/runs/{{id}}.")
    { Param = HeaderNames.Manifest, IsPermanent = true };

    public static readonly ApiError ManifestValueUnknown = new(
        400, InvalidRequest, null, $"'{HeaderNames.Manifest}' has one value, 'inline': send that, once, or leave it out.")
    { Param = HeaderNames.Manifest, IsPermanent = true };

    public static readonly ApiError ManifestOfStream = new(
        400, InvalidRequest, null,
        $"A stream has no manifest in it: leave '{HeaderNames.Manifest}' or 'stream' out, or read GET /v1/runs/{{id}} after the stream.")
    { Param = HeaderNames.Manifest, IsPermanent = true };

    public static readonly ApiError DryRunValueUnknown = new(
        400, InvalidRequest, null, "'dry_run' is true or false, once: with true the answer is the request's plan, and no model is called.")
    { Param = "dry_run", IsPermanent = true };

    /// <param name="param">The field of the body; null = the body itself.</param>
    public static ApiError BadField(string? param, string message) =>
        new(400, InvalidRequest, null, message) { Param = param, IsPermanent = true };

    /// <summary>
    /// For an alias that does not exist, and for one that the caller may not use: who may not use it does not learn whether it exists.
    /// </summary>
    public static ApiError ModelNotFound(string alias) => new(
        404, InvalidRequest, ErrorCodes.ModelNotFound,
        $"The model '{EchoedText.Cut(alias)}' does not exist, or this API key may not use it: GET /v1/models lists those that it may.")
    { Param = "model", IsPermanent = true };

    /// <summary>For a limit of the caller's key, or of the ensemble that it names.</summary>
    public static ApiError RateLimited(GateKind gate, GateRefusal refusal) => new(
        429, RateLimit, SnakeCase.Of(RunFailureKind.RateLimitExceeded),
        $"{(gate == GateKind.Caller ? "This API key" : "This model")} is {refusal.Reason}.")
    {
        RetryAfter = refusal.RetryAfter,

        // A request that alone is larger than the limit is refused whenever it is sent.
        IsPermanent = refusal.RetryAfter is null,
    };

    /// <param name="month">Its beginning.</param>
    public static ApiError MonthlyBudgetSpent(decimal budget, DateTimeOffset month) => new(
        429,
        "insufficient_quota",
        ErrorCodes.InsufficientQuota,
        string.Create(
            CultureInfo.InvariantCulture,
            $"This API key has spent its budget of {budget} USD for {month:yyyy-MM} (UTC): ask the operator of this gateway for more, or "
            + $"wait for the next month."))
    { IsPermanent = true };

    public static ApiError RunNotFound(string id) => new(
        404, InvalidRequest, ErrorCodes.RunNotFound, $"No run '{EchoedText.Cut(id)}' of yours is known here.")
    { IsPermanent = true };

    public static ApiError BodyTooLarge(long limit) => new(
        413, InvalidRequest, ErrorCodes.RequestTooLarge,
        $"The body is larger than {limit:N0} bytes, which is the limit here (for chat requests: the option Limits:MaxBodyBytes).")
    { IsPermanent = true };

    public static readonly ApiError BodyTooSlow = new(408, InvalidRequest, ErrorCodes.RequestTimeout, "The body came in too slowly.");

    public static readonly ApiError BodyUnreadable = new(400, InvalidRequest, null, "The body could not be read to its end.");

    public static readonly ApiError BodyEncoded = new(
        415, InvalidRequest, ErrorCodes.UnsupportedEncoding, "The body is compressed: send it without a Content-Encoding.")
    { IsPermanent = true };

    /// <summary>For a small body that could not be parsed.</summary>
    public static ApiError From(JsonException problem) => BadField(null, problem.LineNumber is { } line
        ? $"The body is not valid JSON: line {line + 1}, byte {problem.BytePositionInLine + 1}."
        : "The body is not valid JSON, or an object in it has a field twice: send each field once.");

    public static ApiError From(ChatRequestException problem) => new(
        400, InvalidRequest, problem.Code, EchoedText.Cut(problem.Message, MaxMessage))
    {
        Param = problem.Param is null ? null : EchoedText.Cut(problem.Param),
        IsPermanent = true,
    };

    /// <summary>For an empty answer that routing or the server made.</summary>
    /// <param name="allowed">The methods that the address takes, where the status is 405.</param>
    public static ApiError From(int status, HttpRequest request, string allowed) => status switch
    {
        404 => NotFound with { Message = PathAdvice.For(request.Path) },
        405 => new(
            405, InvalidRequest, ErrorCodes.MethodNotAllowed,
            $"This address does not take {EchoedText.Cut(request.Method)}. It takes {allowed}.")
        { IsPermanent = true },
        _ => new(status, status < 500 ? InvalidRequest : "api_error", null, $"The request ended with status {status}."),
    };

    public static ApiError From(RunFailure failure)
    {
        return failure.Kind switch
        {
            RunFailureKind.RequestRejected => Rejected(failure),
            RunFailureKind.UnsupportedContent => Error(400, InvalidRequest) with { Param = failure.Param, IsPermanent = true },
            RunFailureKind.MaxTokensTooSmall => Error(400, InvalidRequest) with { Param = "max_completion_tokens", IsPermanent = true },
            RunFailureKind.PanelRateLimited => Error(429, RateLimit) with { RetryAfter = failure.RetryAfter ?? DefaultRetryAfter },
            RunFailureKind.RateLimitExceeded => Error(429, RateLimit) with
            {
                RetryAfter = failure.RetryAfter ?? DefaultRetryAfter,
                IsPermanent = failure.IsPermanent,
            },
            RunFailureKind.PanelBelowQuorum => Error(502, Upstream) with { IsPermanent = failure.IsPermanent },
            RunFailureKind.UpstreamFailed => Error(502, Upstream) with
            {
                IsPermanent = failure.IsPermanent,
                RetryAfter = failure.RetryAfter,
            },
            RunFailureKind.UpstreamTimeout => Error(504, Upstream) with { IsPermanent = failure.IsPermanent },
            RunFailureKind.JudgeFailed or RunFailureKind.AnswerTooLarge => Error(502, Upstream),
            RunFailureKind.JudgeTimeout or RunFailureKind.DeadlineExceeded => Error(504, Upstream),
            RunFailureKind.BudgetExceeded => Error(402, "budget_error") with { IsPermanent = true },
            RunFailureKind.AnswersNotStored => Error(404, InvalidRequest) with { IsPermanent = true },
            RunFailureKind.Overloaded or RunFailureKind.RunInterrupted =>
                Error(503, OverloadedType) with { RetryAfter = DefaultRetryAfter },
            RunFailureKind.Cancelled => Draining,
            _ => Fault,
        };

        ApiError Error(int status, string type) => new(status, type, SnakeCase.Of(failure.Kind), failure.Message);
    }

    // A provider's "too large" and "cannot be processed" keep their status; everything else that it refuses is a 400.
    private static ApiError Rejected(RunFailure failure) => new(
        failure.Status is 413 or 422 ? failure.Status.Value : 400, InvalidRequest, failure.Code, failure.Message)
    {
        Param = failure.Param,
        IsPermanent = true,
    };
}
