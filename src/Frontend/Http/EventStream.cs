using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Http;

/// <summary>What all answers of server-sent events have in common.</summary>
internal static class EventStream
{
    /// <summary>Longest silence; a comment fills it.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What is written before it is sent, where more waits, in bytes: a reader who is slower than the events holds no more.
    /// </summary>
    public const long FullFlush = 64 * 1024;

    /// <summary>Sets the headers, before the first byte.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";

        // Proxies of the nginx kind would hold a stream back to gather it.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Writes a comment, which clients skip.</summary>
    public static void Comment(IBufferWriter<byte> output) => output.Write(": keep-alive\n\n"u8);

    /// <summary>Writes a comment of at least so many bytes.</summary>
    public static void Pad(IBufferWriter<byte> output, int bytes)
    {
        output.Write(": "u8);
        output.GetSpan(bytes)[..bytes].Fill((byte)' ');
        output.Advance(bytes);
        output.Write("\n\n"u8);
    }

    /// <summary>Waits for something that may be sent, not longer than may be silent; whether it came, the task tells.</summary>
    public static async Task WaitAsync(Task next, TimeSpan silence, TimeProvider time)
    {
        if (silence > TimeSpan.Zero)
        {
            await next.WaitAsync(silence, time).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
