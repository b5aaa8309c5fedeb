using System.Globalization;
using System.Net;

namespace Ensemble.Upstreams;

/// <summary>What an error means for the call: by its status, or by its own code where it came inside a successful answer.</summary>
internal static class ErrorOutcome
{
    public static CallOutcome Of(HttpStatusCode status) => (int)status switch
    {
        400 or 413 or 422 => CallOutcome.RequestRejected,
        401 or 402 or 403 => CallOutcome.AuthenticationFailed,
        429 => CallOutcome.RateLimited,
        408 or 409 or 425 or >= 500 => CallOutcome.ServerError,
        _ => CallOutcome.NotFound,
    };

    /// <summary>A prompt that the provider's filter stopped is an answer that it filtered, whatever its status.</summary>
    public static CallOutcome Of(HttpStatusCode status, UpstreamError error) =>
        status == HttpStatusCode.BadRequest && ByName(error.Code) == CallOutcome.Filtered ? CallOutcome.Filtered : Of(status);

    public static CallOutcome Of(UpstreamError error)
    {
        if (int.TryParse(error.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600)
        {
            return Of((HttpStatusCode)status);
        }

        return ByName(error.Code) ?? ByName(error.Type) ?? CallOutcome.ServerError;
    }

    private static CallOutcome? ByName(string? name) => name switch
    {
        "rate_limit_exceeded" or "rate_limit_error" or "insufficient_quota" or "RESOURCE_EXHAUSTED" or "tokens" or "requests" =>
            CallOutcome.RateLimited,
        "invalid_api_key" or "authentication_error" or "permission_error" or "billing_error" or "UNAUTHENTICATED" or "PERMISSION_DENIED" =>
            CallOutcome.AuthenticationFailed,
        "model_not_found" or "not_found_error" or "NOT_FOUND" or "DeploymentNotFound" => CallOutcome.NotFound,
        "content_filter" or "content_policy_violation" => CallOutcome.Filtered,
        "context_length_exceeded" or "invalid_request_error" or "request_too_large" or "BadRequestError" or "INVALID_ARGUMENT" => CallOutcome.RequestRejected,
        _ => null,
    };
}
