using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Frontend.Http;
using Ensemble.Usage;

namespace Ensemble.Frontend.Errors;

/// <summary>What an administrator is told where an edit cannot be made.</summary>
internal static class AdminErrors
{
    private const string InvalidRequest = "invalid_request_error";
    private const string Authentication = "authentication_error";
    private const int MaxShown = 300;

    public static readonly ApiError KeyMissing = new(
        401, Authentication, ErrorCodes.InvalidAdminKey,
        "No admin key was sent: send the one of the option Admin:Key as 'Authorization: Bearer KEY'.")
    { IsPermanent = true };

    public static readonly ApiError KeyWrong =
        new(401, Authentication, ErrorCodes.InvalidAdminKey, "This is not the admin key (option Admin:Key).") { IsPermanent = true };

    /// <param name="pause">Until the next attempt counts.</param>
    public static ApiError TooManyAttempts(TimeSpan pause) => new(
        429, "rate_limit_error", ErrorCodes.TooManyAttempts,
        "Several wrong keys came from this address: this one was not looked at. Send the right one after Retry-After.")
    { RetryAfter = pause };

    public static readonly ApiError KeyRequiredRemotely = new(
        401, Authentication, ErrorCodes.InvalidAdminKey,
        "No admin key is set, so only this machine's own user is served, without a proxy: set the option Admin:Key.")
    { IsPermanent = true };

    public static readonly ApiError NotJson = new(
        415, InvalidRequest, ErrorCodes.UnsupportedMediaType, "Send the entry as JSON, with 'Content-Type: application/json'.")
    { IsPermanent = true };

    public static readonly ApiError TooManyWatchers = new(
        503, "overloaded_error", ErrorCodes.TooManyWatchers,
        $"{UsageFeed.MaxWatchers} watch already, which is as many as this process serves: close one, or try again later.")
    { RetryAfter = TimeSpan.FromSeconds(10) };

    public static ApiError BadQuery(string name, string rule) =>
        new(400, InvalidRequest, null, $"The query parameter '{name}' {rule}.") { Param = name, IsPermanent = true };

    public static ApiError BadTag(string header) => new(
        400, InvalidRequest, null,
        $"The header {header} is not one that this endpoint takes: If-Match takes entity tags as \"7\" or *, If-None-Match of a PUT takes "
        + "*.")
    { Param = header, IsPermanent = true };

    public static ApiError Unavailable(string reason) =>
        new(503, "api_error", ErrorCodes.StoreUnavailable, reason) { RetryAfter = TimeSpan.FromSeconds(1) };

    public static ApiError ReadOnly(string source) => new(
        405, InvalidRequest, ErrorCodes.CatalogReadOnly,
        $"The catalog is not edited here: it comes from {source}. Change it there; that is served within seconds.")
    { IsPermanent = true };

    public static ApiError NotFound(CatalogEntryKind kind, string name) => kind == CatalogEntryKind.Model
        ? new(404, InvalidRequest, ErrorCodes.ModelNotFound, $"The catalog has no model or ensemble '{Cut(name)}'.") { IsPermanent = true }
        : new(404, InvalidRequest, ErrorCodes.KeyNotFound, $"The catalog has no key '{Cut(name)}'.") { IsPermanent = true };

    public static ApiError NoEnsemble(string name) => new(
        404, InvalidRequest, ErrorCodes.ModelNotFound,
        $"'{Cut(name)}' is a single model, which has no panel to report on: name an ensemble, or read GET /admin/usage?model=….")
    { IsPermanent = true };

    /// <returns>Null where the edit was made, or could be.</returns>
    public static ApiError? Of(EditResult result, CatalogEntryKind kind, string name) => result.Outcome switch
    {
        EditOutcome.Duplicate => new(
            409, InvalidRequest, ErrorCodes.AlreadyExists,
            $"There is an entry '{Cut(result.Entry!.Name)}': PUT to its address replaces it.")
        { IsPermanent = true },
        EditOutcome.InUse => new(
            409, InvalidRequest, ErrorCodes.ModelInUse,
            $"The model '{Cut(name)}' is used by {string.Join(", ", result.UsedBy.Select(user => $"'{user}'"))}: take it out of these first.")
        { IsPermanent = true },
        EditOutcome.NotFound => NotFound(kind, name),
        EditOutcome.Stale => new(412, InvalidRequest, ErrorCodes.PreconditionFailed, Stale(result.Entry, name)) { IsPermanent = true },
        EditOutcome.Invalid => Invalid(result.Errors),
        EditOutcome.Unavailable => Unavailable(result.Reason!),
        EditOutcome.ReadOnly => ReadOnly(result.Reason!),
        _ => null,
    };

    private static ApiError Invalid(IReadOnlyList<CatalogIssue> errors)
    {
        var more = errors.Count switch
        {
            1 => "",
            2 => " There is 1 more error.",
            _ => $" There are {errors.Count - 1} more errors.",
        };
        return new ApiError(422, InvalidRequest, ErrorCodes.InvalidEntry, $"The entry is not valid: {errors[0]}{more}")
        {
            Param = errors[0].Path.Length == 0 ? null : errors[0].Path,
            Issues = errors,
            IsPermanent = true,
        };
    }

    private static string Stale(CatalogEntryView? entry, string name) => entry is null
        ? $"There is no entry '{Cut(name)}', and the request expects one."
        : $"The entry '{Cut(name)}' is there, at version {entry.Version}, and the request expects something else: read it again.";

    private static string Cut(string text) => EchoedText.Cut(text, MaxShown);
}
