using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Dashboard;

/// <summary>What a browser is told that cannot sign in.</summary>
internal static class DashboardErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static readonly ApiError NoKey =
        new(400, InvalidRequest, null, "Send the admin key as {\"key\": \"…\"}.") { Param = "key", IsPermanent = true };

    public static readonly ApiError SignInNotConfigured = new(
        409, InvalidRequest, ErrorCodes.NoAdminKey,
        "No admin key is set (option Admin:Key): only users of this machine are served without one.")
    { IsPermanent = true };
}
