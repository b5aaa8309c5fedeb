using System.Text.Json.Serialization;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Requests;

namespace Ensemble.Frontend.Dashboard;

/// <summary><c>/dashboard/session</c>: the admin key is exchanged for a cookie, so that no script of the page holds it.</summary>
internal sealed class SessionEndpoint(AdminAuthenticator admin, DashboardSessions sessions, FrontendOptions options, BodyReader bodies)
{
    private const long MaxBody = 8 * 1024;

    /// <summary><c>GET</c>: whether a key is needed, and whether this browser is signed in.</summary>
    public Task FindAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return WriteAsync(context, isOpen: admin.Permits(context));
    }

    /// <summary><c>POST</c> with <c>{"key": …}</c>: signs in.</summary>
    public async Task BeginAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await ReadAsync(context) is { } error)
        {
            await ApiErrorWriter.WriteAsync(context, error);
            return;
        }

        DashboardCookie.Set(context, sessions.Begin());
        await WriteAsync(context, isOpen: true);
    }

    /// <summary><c>DELETE</c>: the browser forgets the cookie.</summary>
    public static Task EndAsync(HttpContext context)
    {
        if (DashboardCookie.IsOfThisPage(context.Request))
        {
            DashboardCookie.Clear(context);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task<ApiError?> ReadAsync(HttpContext context)
    {
        if (options.AdminKeySha256 is null)
        {
            return DashboardErrors.SignInNotConfigured;
        }

        if (!context.Request.HasJsonContentType())
        {
            return AdminErrors.NotJson;
        }

        var (body, error) = await bodies.ReadAsync(context.Request, MaxBody);
        if (error is not null)
        {
            return error;
        }

        using var json = JsonSanitizer.TryParse(body);
        return json?.RootElement.Member("key")?.Text() is { } key ? admin.CheckKey(context, key) : DashboardErrors.NoKey;
    }

    private Task WriteAsync(HttpContext context, bool isOpen) => JsonResponse.WriteAsync(
        context.Response,
        new DashboardSession(NeedsKey: options.AdminKeySha256 is not null, isOpen, options.CapturesContent),
        DashboardJson.Default.DashboardSession);
}

/// <param name="Open">Whether the admin endpoints are open to this browser.</param>
/// <param name="CapturesContent">Whether what is said in runs is kept, so that it can be shown.</param>
internal sealed record DashboardSession(bool NeedsKey, bool Open, bool CapturesContent)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "dashboard.session";
}
