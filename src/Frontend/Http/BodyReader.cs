using System.Buffers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend.Http;

/// <summary>Reads a request's body into memory, up to the limit.</summary>
internal sealed class BodyReader(FrontendOptions options)
{
    /// <returns>The body, or why there is none.</returns>
    public ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAsync(HttpRequest request) => ReadAsync(request, options.MaxBodyBytes);

    /// <param name="limit">In bytes; the server's own limit is that of the options, and holds as well.</param>
    /// <returns>The body, or why there is none.</returns>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAsync(HttpRequest request, long limit)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            return (default, ApiErrors.BodyEncoded);
        }

        if (request.ContentLength > limit)
        {
            return (default, ApiErrors.BodyTooLarge(limit));
        }

        try
        {
            return await ReadAllAsync(request, limit);
        }
        catch (BadHttpRequestException exception)
        {
            return (default, exception.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => ApiErrors.BodyTooLarge(limit),
                StatusCodes.Status408RequestTimeout => ApiErrors.BodyTooSlow,
                _ => ApiErrors.BodyBroken,
            });
        }
        catch (IOException)
        {
            // The size of a chunk is beyond every number, or the connection broke.
            return (default, ApiErrors.BodyBroken);
        }
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAllAsync(HttpRequest request, long limit)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length > limit)
            {
                reader.AdvanceTo(buffer.End);
                return (default, ApiErrors.BodyTooLarge(limit));
            }

            if (result.IsCompleted)
            {
                var body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return (body, null);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
