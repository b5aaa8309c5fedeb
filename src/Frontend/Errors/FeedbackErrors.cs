namespace Ensemble.Frontend.Errors;

/// <summary>Errors of feedback that cannot be stored.</summary>
internal static class FeedbackErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static readonly ApiError NotJson = new(
        415, InvalidRequest, ErrorCodes.UnsupportedMediaType, "Send feedback as JSON, with 'Content-Type: application/json'.")
    { IsPermanent = true };

    public static readonly ApiError InFlight = new(
        409, InvalidRequest, ErrorCodes.RunInFlight, "The run is still in flight: say whether its answer is right when it has ended.")
    { RetryAfter = TimeSpan.FromSeconds(1) };
}
