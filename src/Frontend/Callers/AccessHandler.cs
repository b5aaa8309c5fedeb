using Ensemble.Frontend.Errors;
using Microsoft.AspNetCore.Authentication;

namespace Ensemble.Frontend.Callers;

/// <summary>Finds out who asks, by the scheme of the endpoint's policy, and answers requests that may not be served.</summary>
internal sealed class AccessHandler(Authenticator callers, AdminAuthenticator administrators) : IAuthenticationHandler
{
    private static readonly Task<AuthenticateResult> NoResult = Task.FromResult(AuthenticateResult.NoResult());

    private AuthenticationScheme _scheme = null!;
    private HttpContext _context = null!;
    private ApiError? _refusal;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        (_scheme, _context) = (scheme, context);
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync()
    {
        (var caller, _refusal) = _scheme.Name switch
        {
            AccessPolicies.Caller => callers.Authenticate(_context),
            AccessPolicies.Administrator => administrators.Authenticate(_context),
            _ => administrators.AuthenticateOrCaller(_context),
        };
        return caller?.Authenticated ?? NoResult;
    }

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        if (_refusal is null)
        {
            return ForbidAsync(properties);
        }

        if (_scheme.Name == AccessPolicies.Administrator)
        {
            _context.Response.Headers.CacheControl = "no-store";
        }

        return ApiErrorWriter.WriteAsync(_context, _refusal);
    }

    /// <summary>For an endpoint without a policy, which is closed to all.</summary>
    public Task ForbidAsync(AuthenticationProperties? properties)
    {
        _context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}
