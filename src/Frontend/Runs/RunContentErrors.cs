using System.Globalization;
using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Runs;

/// <summary>What a caller is told where there is nothing to show of what was said in a run.</summary>
internal static class RunContentErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static readonly ApiError InFlight = new(
        409, InvalidRequest, ErrorCodes.RunInFlight, "The run is still in flight: its content is stored at its end.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public static readonly ApiError Off = Nothing(
        "Content is not captured here: once the operator sets the option Telemetry:CaptureContent, runs that end after that can be read.");

    public static readonly ApiError Direct = Nothing("This run asked a single model by its own name; content is stored of ensembles' runs.");

    public static readonly ApiError TooLarge = Nothing("The content of this run is larger than the 4 MiB that are kept of a run.");

    public static readonly ApiError Missing = Nothing(
        "No content is stored of this run: it ended before content was captured, was larger than the 4 MiB that are kept of a run, the store "
        + "was unavailable, or another process wrote it without the option Security:MasterKey.");

    public static ApiError Expired(TimeSpan retention) => Nothing(string.Create(
        CultureInfo.InvariantCulture,
        $"Content is kept for {retention.TotalHours} hours (the option Replay:RetentionHours), and that of this run has expired."));

    private static ApiError Nothing(string message) => new(404, InvalidRequest, ErrorCodes.ContentNotStored, message) { IsPermanent = true };
}
