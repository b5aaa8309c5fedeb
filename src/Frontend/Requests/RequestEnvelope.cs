using System.Buffers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Requests;

/// <summary>What holds for every answer: a request id, and an error body where there would be none.</summary>
internal sealed partial class RequestEnvelope(RequestDelegate next, BodyReader bodies, ILogger<RequestEnvelope> logger)
{
    private static readonly SearchValues<char> RequestIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public async Task InvokeAsync(HttpContext context)
    {
        var requestId = context.Request.Headers[HeaderNames.RequestId].ToString();
        if (requestId.Length is 0 or > 128 || requestId.AsSpan().ContainsAnyExcept(RequestIdCharacters))
        {
            requestId = Guid.NewGuid().ToString("n");
        }

        context.Response.Headers[HeaderNames.RequestId] = requestId;
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } response)
            {
                await ApiErrorWriter.WriteAsync(
                    context, ApiErrors.From(response.StatusCode, context.Request, response.Headers.Allow.ToString()));
            }

            if (HasMoreToSend(context))
            {
                await context.Response.CompleteAsync();
                await bodies.DiscardAsync(context.Request);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: there is nobody to tell.
        }
        catch (Exception exception) when (exception is not AnswerAbortedException)
        {
            var error = ApiErrors.Fault;
            if (exception is ClusterUnavailableException or StorageException { IsTransient: true })
            {
                error = ApiErrors.Unavailable;
                LogUnavailable(logger, exception, requestId);
            }
            else
            {
                LogFault(logger, exception, requestId);
            }

            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    // Over HTTP/2 a stream ends for itself; a caller that waits for a word before it sends its body gets another one.
    private static bool HasMoreToSend(HttpContext context) =>
        context.Response.StatusCode is >= 400 and not StatusCodes.Status408RequestTimeout
        && HttpProtocol.IsHttp11(context.Request.Protocol) && context.Request.Headers.Expect.Count == 0
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    [LoggerMessage(
        EventId = EventIds.RequestNotServed, EventName = nameof(EventIds.RequestNotServed), Level = LogLevel.Warning,
        Message = "Request {RequestId} could not be served. Check that silos and the database answer.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(
        EventId = EventIds.RequestFault, EventName = nameof(EventIds.RequestFault), Level = LogLevel.Error,
        Message = "Request {RequestId} failed by a fault of the gateway.")]
    private static partial void LogFault(ILogger logger, Exception exception, string requestId);
}
