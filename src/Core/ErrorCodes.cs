namespace Ensemble;

/// <summary>
/// The <c>code</c> of errors that are no outcome of a run. Those of runs are the names of <see cref="Runs.RunFailureKind"/>. All are in the
/// tables of <c>docs/http-api.md</c>.
/// </summary>
public static class ErrorCodes
{
    public const string InvalidApiKey = "invalid_api_key";
    public const string ApiKeyExpired = "api_key_expired";
    public const string ApiKeyDisabled = "api_key_disabled";
    public const string InsufficientQuota = "insufficient_quota";
    public const string ManifestNotAllowed = "manifest_not_allowed";
    public const string ModelNotFound = "model_not_found";
    public const string RunNotFound = "run_not_found";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string RequestTimeout = "request_timeout";
    public const string RequestTooLarge = "request_too_large";
    public const string UnsupportedEncoding = "unsupported_encoding";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string UnsupportedByEnsemble = "unsupported_by_ensemble";
    public const string InvalidIdempotencyKey = "invalid_idempotency_key";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string Draining = "draining";
    public const string Unavailable = "unavailable";

    // Replays.
    public const string RunInFlight = "run_in_flight";
    public const string ContentNotStored = "content_not_stored";
    public const string PanelChanged = "panel_changed";
    public const string NotReplayable = "not_replayable";
    public const string StrategyNotReplayable = "strategy_not_replayable";
    public const string JudgeNotAsked = "judge_not_asked";
    public const string JudgeMissing = "judge_missing";

    // Administration.
    public const string InvalidAdminKey = "invalid_admin_key";
    public const string NoAdminKey = "no_admin_key";
    public const string TooManyAttempts = "too_many_attempts";
    public const string TooManyWatchers = "too_many_watchers";
    public const string KeyNotFound = "key_not_found";
    public const string CatalogReadOnly = "catalog_read_only";
    public const string AlreadyExists = "already_exists";
    public const string ModelInUse = "model_in_use";
    public const string PreconditionFailed = "precondition_failed";
    public const string InvalidEntry = "invalid_entry";
    public const string StoreUnavailable = "store_unavailable";
}
