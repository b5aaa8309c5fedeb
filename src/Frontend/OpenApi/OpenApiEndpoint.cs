namespace Ensemble.Frontend.OpenApi;

/// <summary><c>GET /openapi.json</c>: the description of these endpoints, embedded in the assembly.</summary>
internal static class OpenApiEndpoint
{
    private const string Resource = "openapi.json";

    private static readonly ReadOnlyMemory<byte> Document = Load();

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Document.Length;
        return context.Response.Body.WriteAsync(Document, context.RequestAborted).AsTask();
    }

    private static byte[] Load()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        var document = new byte[stream.Length];
        stream.ReadExactly(document);
        return document;
    }
}
