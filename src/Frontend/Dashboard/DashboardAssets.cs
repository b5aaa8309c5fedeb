using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Ensemble.Frontend.Dashboard;

/// <summary>
/// <c>/dashboard/…</c>: the pages, embedded in the assembly. They hold no data: what they show they ask the documented endpoints for, with
/// the reader's own rights.
/// </summary>
internal static class DashboardAssets
{
    private const string Prefix = "dashboard/";
    private const string Index = "index.html";

    /// <summary>Nothing from elsewhere, nothing inline, no page around it, and no text that becomes markup.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly FrozenDictionary<string, Asset> Assets = Load();

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/dashboard/{**path}", read, WriteAsync);
    }

    private static Task WriteAsync(HttpContext context)
    {
        // Addresses within the pages are relative: without the slash they would begin one level above.
        if (context.Request.Path.Value is "/dashboard")
        {
            context.Response.Redirect("/dashboard/", permanent: false);
            return Task.CompletedTask;
        }

        var path = context.GetRouteValue("path") as string;
        if (!Assets.TryGetValue(string.IsNullOrEmpty(path) ? Index : path, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.ETag = asset.Tag;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(
            tag => tag.Compare(new EntityTagHeaderValue(asset.Tag), useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = asset.Content.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(asset.Content, context.RequestAborted).AsTask();
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(DashboardAssets).Assembly;
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var path = name[Prefix.Length..].Replace('\\', '/');
            assets[path] = new Asset(
                content, ContentTypeOf(path), $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
        }

        return assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"There is no content type for '{other}'."),
    };

    private sealed record Asset(ReadOnlyMemory<byte> Content, string ContentType, string Tag);
}
