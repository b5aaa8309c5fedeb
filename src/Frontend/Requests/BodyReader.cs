using System.Buffers;
using System.IO.Pipelines;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Options;

namespace Ensemble.Frontend.Requests;

/// <summary>Reads a request's body into memory: up to a limit, within the memory that there is, and in a bounded time.</summary>
internal sealed class BodyReader(FrontendOptions options, TimeProvider time)
{
    /// <summary>Bytes of a refused request's body that are read behind its answer.</summary>
    public const long MaxDiscarded = 64 * 1024 * 1024;

    private const int FirstPiece = 64 * 1024;

    /// <summary>
    /// How much room is made for what has come: so much that of many bodies at once some have all their room soon, and the others are
    /// refused before much of them was sent.
    /// </summary>
    private const long Growth = 8;

    /// <param name="place">Holds the body's bytes.</param>
    /// <returns>The body, or why there is none.</returns>
    public ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAsync(HttpRequest request, RequestSlot place) =>
        ReadAsync(request, options.MaxBodyBytes, place);

    /// <param name="limit">In bytes.</param>
    /// <param name="place">Holds the body's bytes; null = so few that they are not counted.</param>
    /// <returns>The body, or why there is none.</returns>
    public async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAsync(
        HttpRequest request, long limit, RequestSlot? place = null)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            return (default, ApiErrors.BodyEncoded);
        }

        var length = request.ContentLength;
        return length > limit ? (default, ApiErrors.BodyTooLarge(limit))
            : length is { } announced && place?.HasRoomFor(announced) == false ? (default, ApiErrors.Overloaded)
            : await ReadAllAsync(request, limit, (int)Math.Min(length ?? limit, Array.MaxLength), place);
    }

    /// <summary>
    /// Reads on behind the answer to a refused request, so far and so long as is reasonable: official SDKs look at an answer only once they
    /// have sent everything, and send a request again whose connection was closed meanwhile.
    /// </summary>
    public async ValueTask DiscardAsync(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<UnreadableBody>() is not null)
        {
            return;
        }

        var reader = request.BodyReader;
        await using var deadline = Deadline(reader);
        try
        {
            for (var discarded = 0L; discarded < MaxDiscarded;)
            {
                var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
                discarded += result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Nothing more comes.
        }
    }

    private async ValueTask<(ReadOnlyMemory<byte> Body, ApiError? Error)> ReadAllAsync(
        HttpRequest request, long limit, int most, RequestSlot? place)
    {
        var reader = request.BodyReader;
        var deadline = default(ITimer);
        try
        {
            byte[] body = [];
            for (var read = 0; ;)
            {
                var reading = reader.ReadAsync(request.HttpContext.RequestAborted);
                if (!reading.IsCompleted)
                {
                    deadline ??= Deadline(reader);
                }

                var result = await reading;
                var buffer = result.Buffer;
                var error = result.IsCanceled ? ApiErrors.BodyTooSlow
                    : read + buffer.Length > limit ? ApiErrors.BodyTooLarge(limit)
                    : !TryFit(ref body, read + (int)buffer.Length, most, place) ? ApiErrors.Overloaded
                    : null;
                if (error is null)
                {
                    buffer.CopyTo(body.AsSpan(read));
                    read += (int)buffer.Length;
                }

                reader.AdvanceTo(buffer.End);
                if (error is not null)
                {
                    return (default, error);
                }

                if (result.IsCompleted)
                {
                    place?.SetReserved(read);
                    return (read == body.Length ? body : body.AsSpan(0, read).ToArray(), null);
                }
            }
        }
        catch (BadHttpRequestException exception)
        {
            request.HttpContext.Features.Set(UnreadableBody.Instance);
            return (default, exception.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => ApiErrors.BodyTooLarge(limit),
                StatusCodes.Status408RequestTimeout => ApiErrors.BodyTooSlow,
                _ => ApiErrors.BodyUnreadable,
            });
        }
        catch (IOException)
        {
            // The size of a chunk is beyond every number, or the connection broke.
            request.HttpContext.Features.Set(UnreadableBody.Instance);
            return (default, ApiErrors.BodyUnreadable);
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    private ITimer Deadline(PipeReader reader) =>
        time.CreateTimer(static state => ((PipeReader)state!).CancelPendingRead(), reader, options.BodyDeadline, Timeout.InfiniteTimeSpan);

    /// <summary>Makes room as bytes come: a length that was only announced holds nothing.</summary>
    /// <param name="most">Bytes that the body has, or may have.</param>
    private static bool TryFit(ref byte[] body, int needed, int most, RequestSlot? place)
    {
        if (needed <= body.Length)
        {
            return true;
        }

        var larger = (int)Math.Min(most, needed <= FirstPiece ? FirstPiece : needed * Growth);
        if (place?.TryReserve(larger - body.Length) == false)
        {
            return false;
        }

        Array.Resize(ref body, larger);
        return true;
    }

    /// <summary>Says that reading the body threw: its reader stays in that read, and takes no other one.</summary>
    private sealed class UnreadableBody
    {
        public static readonly UnreadableBody Instance = new();
    }
}
