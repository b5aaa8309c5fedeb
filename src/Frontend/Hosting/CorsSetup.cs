using Ensemble.Frontend.Http;
using Ensemble.Frontend.Options;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Ensemble.Frontend.Hosting;

/// <summary>
/// Lets web pages of listed origins call the endpoints under <c>/v1</c>, and those alone: an administrator's cookie is for no page
/// elsewhere.
/// </summary>
internal static class CorsSetup
{
    private const string Policy = "callers";

    /// <summary>How long a browser remembers what it may do: 10 minutes.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>What scripts may read of an answer besides its body.</summary>
    private static readonly string[] Exposed =
    [
        HeaderNames.RequestId, HeaderNames.RunId, HeaderNames.Agreement, HeaderNames.CostUsd, HeaderNames.Degraded,
        HeaderNames.IdempotentReplayed,
        HeaderNames.ShouldRetry, "retry-after",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    public static void AddEnsembleCors(this IServiceCollection services, FrontendOptions options)
    {
        if (options.AllowedOrigins.Count > 0)
        {
            services.AddCors(cors => cors.AddPolicy(Policy, policy => Fill(policy, options.AllowedOrigins)));
        }
    }

    /// <summary>After routing, before the endpoints.</summary>
    public static void UseEnsembleCors(this WebApplication app, FrontendOptions options)
    {
        if (options.AllowedOrigins.Count > 0)
        {
            app.UseCors();
        }
    }

    public static void AllowOrigins(this IEndpointConventionBuilder endpoint, FrontendOptions options)
    {
        if (options.AllowedOrigins.Count > 0)
        {
            endpoint.RequireCors(Policy);
        }
    }

    private static void Fill(CorsPolicyBuilder policy, IReadOnlyList<string> origins)
    {
        _ = origins.Contains(OriginList.Any) ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins]);

        // Keys are sent as headers, and SDKs send more of their own: any header may come, but no cookie.
        policy.AllowAnyHeader().WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post).WithExposedHeaders(Exposed)
            .SetPreflightMaxAge(MaxAge);
    }
}
