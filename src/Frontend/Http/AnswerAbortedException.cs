namespace Ensemble.Frontend.Http;

/// <summary>
/// Ends an answer that has begun so that its reader knows it to be broken. Kestrel gives a request that throws no end of
/// its body: over HTTP/1.1 it sends what was written and closes the connection without the last chunk, over HTTP/2 it
/// resets the stream. Aborting the connection would throw away what is still on its way to the socket, the error with it.
/// </summary>
internal sealed class AnswerAbortedException(string message) : Exception(message)
{
    /// <summary>
    /// Bytes to write behind the last ones that must arrive over HTTP/2, where a reset discards what has not become a frame.
    /// Kestrel holds up to 4,096 bytes of a stream without making a flush wait, and lets it go on below 2,048: behind as
    /// many bytes as the former, a flush ends when all that stands before them has become frames.
    /// </summary>
    public const int Http2Padding = 4096;
}
