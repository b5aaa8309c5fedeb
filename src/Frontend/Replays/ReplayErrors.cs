using System.Globalization;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Replays;

/// <summary>What a caller is told where a run cannot be replayed.</summary>
internal static class ReplayErrors
{
    private const string InvalidRequest = "invalid_request_error";
    private static readonly string Code = SnakeCase.Of(RunFailureKind.AnswersNotStored);

    public static readonly ApiError NotJson = new(
        415, InvalidRequest, ErrorCodes.UnsupportedMediaType,
        "Send the replay's options as JSON, with 'Content-Type: application/json'; {} keeps the run's own.")
    { IsPermanent = true };

    public static readonly ApiError InFlight = new(
        409, InvalidRequest, ErrorCodes.RunInFlight, "The run is still in flight: replay it when it has ended.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public static readonly ApiError Off = new(
        404, InvalidRequest, Code,
        "Panel answers are not stored here: once the operator sets the option Replay:StoreAnswers, runs that end after that can be "
        + "replayed.")
    { IsPermanent = true };

    public static readonly ApiError TooLarge = new(
        404, InvalidRequest, Code,
        "The request and the panel answers of this run are larger than the 4 MiB that are kept of a run: ask again instead.")
    { IsPermanent = true };

    public static readonly ApiError Missing = new(
        404, InvalidRequest, Code,
        "Nothing is stored of this run: it ended before answers were stored, no panel member was called, or the store was unavailable. Ask "
        + "again instead.")
    { IsPermanent = true };

    public static ApiError Expired(TimeSpan retention) => new(
        404, InvalidRequest, Code, string.Create(CultureInfo.InvariantCulture, $"Panel answers are kept for {retention.TotalHours} hours (the option Replay:RetentionHours), and those of this run have expired: ask again instead."))
    { IsPermanent = true };

    public static ApiError NoPanel(string strategy) => new(
        422, InvalidRequest, ErrorCodes.NotReplayable,
        $"This run's strategy, {strategy}, does not put the request to a panel, so there is nothing to replay: name a run of an ensemble "
        + "that does.")
    { IsPermanent = true };

    public static ApiError From(ReplayRefusal refusal) =>
        new(refusal.IsConflict ? 409 : 422, InvalidRequest, refusal.Code, refusal.Message) { Param = refusal.Param, IsPermanent = true };
}
