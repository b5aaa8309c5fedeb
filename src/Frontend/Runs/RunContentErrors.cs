using System.Globalization;
using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Runs;

/// <summary>Errors of requests for the content of a run.</summary>
internal static class RunContentErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static readonly ApiError InFlight = new(
        409, InvalidRequest, ErrorCodes.RunInFlight, "The run is still in flight: its content is stored at its end.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public static readonly ApiError Off = Nothing(
        "Content is not captured here: once the operator sets the option Telemetry:CaptureContent, runs that end after that can be read.");

    public static readonly ApiError Direct = Nothing("This run called a single model by its name: content is stored only of ensembles' runs.");

    public static readonly ApiError TooLarge = Nothing("The content of this run exceeds the limit of 4 MiB, and was not stored.");

    public static readonly ApiError Missing = Nothing(
        "No content is stored of this run: it ended before content was captured, its content exceeded the limit of 4 MiB, the store was "
        + "unavailable, or another process wrote it without the option Security:MasterKey.");

    public static ApiError Expired(TimeSpan retention) => Nothing(string.Create(
        CultureInfo.InvariantCulture,
        $"Content is kept for {retention.TotalHours} hours (the option Replay:RetentionHours), and that of this run has expired."));

    private static ApiError Nothing(string message) =>
        new(404, InvalidRequest, ErrorCodes.ContentNotStored, message) { IsPermanent = true };
}
