using System.IO.Enumeration;
using System.Security.Claims;
using Ensemble.Catalog;
using Microsoft.AspNetCore.Authentication;

namespace Ensemble.Frontend.Callers;

/// <summary>Who asks, and what that one may do: the user of a request to an endpoint that is not open to all.</summary>
/// <param name="key">Null = a caller on this machine, where no keys are configured, or an administrator; both may do everything.</param>
internal sealed class Caller(KeyConfig? key) : ClaimsPrincipal(new ClaimsIdentity("key"))
{
    /// <summary>A user of this machine, where no keys are configured.</summary>
    public static readonly Caller Local = new(null);

    /// <summary>The holder of the admin key, or of a session that began with it.</summary>
    public static readonly Caller Administrator = new(null) { IsAdministrator = true };

    public bool IsAdministrator { get; private init; }

    /// <summary>Null = a caller without a key.</summary>
    public string? Name => key?.Name;

    /// <summary>Whether names of members, judges and providers may be shown.</summary>
    public bool ReadsManifests => key is null || key.ReadManifests;

    /// <summary>Whether errors tell providers' messages as they were, with the names in them.</summary>
    public bool SeesMessages => key is { ReadManifests: true };

    public RateLimitConfig? RateLimit => key?.RateLimit;

    /// <summary>In US dollars; null = any.</summary>
    public decimal? MonthlyBudgetUsd => key?.MonthlyBudgetUsd;

    /// <summary>Made once: a caller lives as long as its key's entry in the catalog, over many requests.</summary>
    public Task<AuthenticateResult> Authenticated =>
        field ??= Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(this, Identity!.AuthenticationType!)));

    /// <exception cref="InvalidCastException">The endpoint has no policy that says who may call it.</exception>
    public static Caller Of(HttpContext context) => (Caller)context.User;

    public bool MayUse(string alias)
    {
        if (key is null)
        {
            return true;
        }

        foreach (var glob in key.AllowedModels)
        {
            if (FileSystemName.MatchesSimpleExpression(glob, alias, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
