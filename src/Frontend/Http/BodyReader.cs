using System.Buffers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend.Http;

/// <summary>Reads a request's body into memory, up to the limit.</summary>
internal sealed class BodyReader(FrontendOptions options)
{
    /// <returns>The body, or why there is none.</returns>
    public async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAsync(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            return (default, ApiErrors.BodyEncoded);
        }

        if (request.ContentLength > options.MaxBodyBytes)
        {
            return (default, ApiErrors.BodyTooLarge(options.MaxBodyBytes));
        }

        try
        {
            return await ReadAllAsync(request);
        }
        catch (BadHttpRequestException exception)
        {
            return (default, exception.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => ApiErrors.BodyTooLarge(options.MaxBodyBytes),
                StatusCodes.Status408RequestTimeout => ApiErrors.BodyTooSlow,
                _ => ApiErrors.BodyBroken,
            });
        }
    }

    private async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAllAsync(HttpRequest request)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length > options.MaxBodyBytes)
            {
                reader.AdvanceTo(buffer.End);
                return (default, ApiErrors.BodyTooLarge(options.MaxBodyBytes));
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
