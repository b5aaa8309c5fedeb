namespace Ensemble.Frontend.Callers;

/// <summary>The cookie that carries a session of the dashboard.</summary>
internal static class DashboardCookie
{
    public const string Name = "ensemble_session";

    /// <returns>The session; null where the request has none, or where a page elsewhere may have made the browser send it.</returns>
    public static string? Read(HttpRequest request) =>
        request.Cookies[Name] is { Length: > 0 } session
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOfThisPage(request))
            ? session
            : null;

    public static void Set(HttpContext context, string session) =>
        context.Response.Cookies.Append(Name, session, Options(context, DashboardSessions.Lifetime));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>
    /// SameSite alone takes another port of the same host for the same site. A browser names the page's origin on everything that is not a
    /// GET, and no script can change that; a proxy may have changed the host, but not what the browser says of where the request came from.
    /// </summary>
    public static bool IsOfThisPage(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
        ? site == "same-origin"
        : Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin) && origin.Authority.Equals(
            request.Host.Value, StringComparison.OrdinalIgnoreCase);

    // A proxy in front speaks TLS: a browser then takes the cookie for TLS only.
    private static CookieOptions Options(HttpContext context, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps
            || context.Request.Headers["X-Forwarded-Proto"].ToString().Equals("https", StringComparison.OrdinalIgnoreCase),
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
