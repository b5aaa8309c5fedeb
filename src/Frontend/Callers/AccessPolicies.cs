using Microsoft.AspNetCore.Authorization;

namespace Ensemble.Frontend.Callers;

/// <summary>
/// Who may call an endpoint: each group of routes names one of these policies, or is open to all. An endpoint that does neither is closed.
/// Each policy is also the name of the scheme that finds out who asks.
/// </summary>
internal static class AccessPolicies
{
    /// <summary>Callers, by their keys.</summary>
    public const string Caller = "caller";

    /// <summary>Administrators, by the admin key or a session of the dashboard.</summary>
    public const string Administrator = "administrator";

    /// <summary>Callers, for what is theirs, and administrators.</summary>
    public const string CallerOrAdministrator = "caller_or_administrator";

    private static readonly string[] Names = [Caller, Administrator, CallerOrAdministrator];

    public static void AddEnsembleAccess(this IServiceCollection services)
    {
        services.AddSingleton<Authenticator>();
        services.AddSingleton<AdminAuthenticator>();
        services.AddTransient<AccessHandler>();

        // Not AddAuthentication: that keeps keys for cookies in a folder, which nothing here uses.
        services.AddAuthenticationCore(static authentication =>
        {
            authentication.DefaultChallengeScheme = Administrator;
            Array.ForEach(Names, name => authentication.AddScheme<AccessHandler>(name, displayName: null));
        });
        services.AddAuthorization(static authorization =>
        {
            authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(IsNoEndpointOfOurs).Build();
            Array.ForEach(
                Names, name => authorization.AddPolicy(name, policy => policy.AddAuthenticationSchemes(name).RequireAuthenticatedUser()));
        });
    }

    // Where no route matches, or none with that method, routing answers 404 or 405.
    private static bool IsNoEndpointOfOurs(AuthorizationHandlerContext access) =>
        access.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint;
}
