namespace Ensemble.Frontend.Chat;

/// <summary>Ends an answer so that its reader knows it to be broken.</summary>
internal static class BrokenConnection
{
    /// <summary>Sends what was written, then cuts the connection (HTTP/1.1) or resets the stream (HTTP/2).</summary>
    public static async ValueTask AbortAfterFlushAsync(HttpContext context)
    {
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        context.Abort();
    }
}
