using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>
/// What an error means for the call. The body goes before the status: the content or the size of one request says nothing about the
/// model, whatever the status. What the text says is believed only where that takes blame from the model, since a text may repeat the
/// caller's own words.
/// </summary>
internal static partial class ErrorClassifier
{
    public static CallOutcome Of(HttpStatusCode status) => (int)status switch
    {
        400 or 413 or 422 or 451 => CallOutcome.RequestRejected,
        401 or 402 or 403 => CallOutcome.AuthenticationFailed,
        429 => CallOutcome.RateLimited,
        408 or 409 or 423 or 424 or 425 or 498 or 499 or >= 500 => CallOutcome.ServerError,
        _ => CallOutcome.NotFound,
    };

    public static CallOutcome Of(HttpStatusCode status, UpstreamError error)
    {
        var named = ByName(error.Code);
        return (Of(status), named) switch
        {
            (_, CallOutcome.Filtered) when (int)status < 500 => CallOutcome.Filtered,
            _ when error.Code is "context_length_exceeded" or "request_too_large" => CallOutcome.RequestRejected,
            (CallOutcome.RequestRejected, CallOutcome.AuthenticationFailed) => CallOutcome.AuthenticationFailed,
            (CallOutcome.AuthenticationFailed, not CallOutcome.AuthenticationFailed) when status != HttpStatusCode.Unauthorized =>
                IsRateLimit(error) ? CallOutcome.RateLimited : AboutTheRequest(error) ?? CallOutcome.AuthenticationFailed,
            (CallOutcome.RateLimited, _) when IsLargerThanItsLimit(error) => CallOutcome.RequestRejected,
            (var usual, _) => usual,
        };
    }

    public static CallOutcome Of(UpstreamError error)
    {
        if (int.TryParse(error.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600)
        {
            return Of((HttpStatusCode)status, error);
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
        "content_filter" or "content_policy_violation" or "data_inspection_failed" or "moderation_blocked" => CallOutcome.Filtered,
        "context_length_exceeded" or "invalid_request_error" or "request_too_large" or "BadRequestError" or "INVALID_ARGUMENT"
            => CallOutcome.RequestRejected,
        _ => null,
    };

    private static bool IsRateLimit(UpstreamError error) =>
        error.Code == "rate_limit_exceeded" || ByName(error.Type) == CallOutcome.RateLimited;

    /// <summary>What a 402 or 403 is about, where it is neither the key nor the account: the content of the request, or its size.</summary>
    private static CallOutcome? AboutTheRequest(UpstreamError error) =>
        Size().IsMatch(error.Message) ? CallOutcome.RequestRejected
        : Content().IsMatch(error.Message) && Judgement().IsMatch(error.Message) && !Account().IsMatch(error.Message) ? CallOutcome.Filtered
        : null;

    /// <summary>"Limit 30000, Requested 41022": no wait makes that fit.</summary>
    private static bool IsLargerThanItsLimit(UpstreamError error)
    {
        var match = Requested().Match(error.Message);
        return match.Success && Number("requested") > Number("limit");

        decimal Number(string name) => decimal.Parse(
            match.Groups[name].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"\bmax_(completion_|output_|new_)?tokens\b|\b(context|prompt|input|messages?)\b[^.]{0,40}\b(length|exceed(s|ed)?)\b|\b(prompt|input|request|messages?)\b[^.]{0,40}\btoo (long|large)\b|\bfewer tokens\b|\breduce the (length|size)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Size();

    [GeneratedRegex(
        @"\b(contents?|inputs?|prompts?|requests?|messages?|outputs?|images?|texts?|completions?)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Content();

    [GeneratedRegex(
        @"\b(flagged|moderat\w*|violat\w*|filter\w*|unsafe|safety|harmful|inappropriate|sensitive|prohibited|blocked|guidelines?|polic(y|ies)|offensive|risk\w*|csam)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Judgement();

    [GeneratedRegex(
        @"\b(api[- ]?keys?|keys?|accounts?|organi[sz]ations?|projects?|billing|subscriptions?|credentials?|permissions?|credits?|balance|countr(y|ies)|regions?|plan)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Account();

    [GeneratedRegex(
        @"\blimit:? (?<limit>[0-9][0-9,]{0,14}),? (used:? [0-9][0-9,]{0,14},? )?requested:? (?<requested>[0-9][0-9,]{0,14})\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Requested();
}
