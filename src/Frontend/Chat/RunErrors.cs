using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Chat;

/// <summary>What the caller of a failed run is told.</summary>
internal static class RunErrors
{
    private const int MaxMessage = 1000;

    /// <summary>
    /// SDKs sleep for as long as they are told, twice or three times by default, and their callers wait for a minute at most.
    /// </summary>
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(20);

    /// <param name="showsNames">Whether the provider's message is told as it was.</param>
    public static ApiError Of(HttpRequest request, RunFailure failure, bool showsNames)
    {
        var error = ApiErrors.From(failure);
        if (showsNames && failure.Original is { } original)
        {
            error = error with { Message = original.Length <= MaxMessage ? original : string.Concat(original.AsSpan(0, MaxMessage), "…") };
        }

        // Models were asked again within each run already: an SDK's own second attempt is the last.
        var isLast = error.Status is 429 or 502 or 504 && RequestOptions.SdkRetries(request) > 0;
        return isLast || error.RetryAfter > MaxRetryDelay ? error with { IsPermanent = true } : error;
    }
}
