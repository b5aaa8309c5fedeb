using System.Security.Cryptography;
using System.Text;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Options;
using Ensemble.Telemetry;

namespace Ensemble.Frontend.Callers;

/// <summary>
/// Tells whether a request comes from an administrator: by the admin key, or a session of the dashboard that began with it; where none is
/// set, by coming from this machine's own user.
/// </summary>
internal sealed partial class AdminAuthenticator(
    FrontendOptions options, DashboardSessions sessions, Authenticator callers, TimeProvider time, ILogger<AdminAuthenticator> logger)
{
    /// <summary>Shortest time between two lines of the log about wrong keys.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly SignInAttempts _attempts = new(time);
    private readonly Lock _lock = new();
    private long? _loggedAt;
    private long _refused;

    /// <summary>
    /// Whether the request comes from an administrator, at an endpoint that serves callers too: with the admin key, with a session that
    /// began with it, or, where no admin key is set, from this machine's own user without any key.
    /// </summary>
    public bool Permits(HttpContext context) => (options.AdminKeySha256, PresentedKey.Of(context.Request)) switch
    {
        ({ } expected, { } presented) =>
            Matches(presented, expected.Span) && _attempts.Add(context.Connection.RemoteIpAddress, isRight: true) is null,
        (not null, null) => HasSession(context),
        (null, null) => LocalTrust.Holds(context),
        _ => false,
    };

    /// <summary>
    /// Who asks at an endpoint that serves callers and administrators. A key that is neither's counts as a wrong admin key.
    /// </summary>
    public (Caller? Caller, ApiError? Error) AuthenticateOrCaller(HttpContext context)
    {
        if (Permits(context))
        {
            return (Caller.Administrator, null);
        }

        var (caller, error) = callers.Authenticate(context);
        return error is not null && options.AdminKeySha256 is not null && PresentedKey.Of(context.Request) is not null
            && RecordAttempt(context, isRight: false) is { } slow
            ? (null, slow)
            : (caller, error);
    }

    /// <returns>The administrator, or why the admin endpoints are closed to this request.</returns>
    public (Caller? Caller, ApiError? Error) Authenticate(HttpContext context)
    {
        var error = (options.AdminKeySha256, PresentedKey.Of(context.Request)) switch
        {
            (null, _) => LocalTrust.Holds(context) ? null : AdminErrors.KeyRequiredRemotely,
            (_, null) => HasSession(context) ? null : AdminErrors.KeyMissing,
            ({ } expected, { } presented) => CheckKey(context, presented, expected),
        };
        return error is null ? (Caller.Administrator, null) : (null, error);
    }

    /// <returns>Why this is not the admin key; null where it is.</returns>
    public ApiError? CheckKey(HttpContext context, string presented) => CheckKey(context, presented, options.AdminKeySha256 ?? default);

    private ApiError? CheckKey(HttpContext context, string presented, ReadOnlyMemory<byte> expected)
    {
        var isRight = Matches(presented, expected.Span);
        if (RecordAttempt(context, isRight) is { } slow)
        {
            return slow;
        }

        if (isRight)
        {
            return null;
        }

        CountRefused(context);
        return AdminErrors.KeyWrong;
    }

    private ApiError? RecordAttempt(HttpContext context, bool isRight) =>
        _attempts.Add(context.Connection.RemoteIpAddress, isRight) is { } pause ? AdminErrors.TooManyAttempts(pause) : null;

    private bool HasSession(HttpContext context) => DashboardCookie.Read(context.Request) is { } session && sessions.Holds(session);

    // Digests are compared: neither the length of the key nor where a guess went wrong shows in the time that it takes.
    private static bool Matches(string presented, ReadOnlySpan<byte> expected) =>
        presented.Length <= FrontendOptions.MaxAdminKey
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), expected);

    private void CountRefused(HttpContext context)
    {
        long count;
        lock (_lock)
        {
            _refused++;
            if (_loggedAt is { } before && time.GetElapsedTime(before) < LogInterval)
            {
                return;
            }

            (count, _refused) = (_refused, 0);
            _loggedAt = time.GetTimestamp();
        }

        LogRefused(logger, context.Connection.RemoteIpAddress?.ToString(), count);
    }

    [LoggerMessage(
        EventId = EventIds.AdminKeyRefused, EventName = nameof(EventIds.AdminKeyRefused), Level = LogLevel.Warning,
        Message = "Wrong admin keys were sent, the last one from {Address}: {Count} since the last such line. Check who sends them.")]
    private static partial void LogRefused(ILogger logger, string? address, long count);
}
