namespace Ensemble.Testing;

internal sealed class RawReply(int status, byte[] body, string contentType, IReadOnlyDictionary<string, string>? headers) : StubReply
{
    internal override Task WriteAsync(StubExchange exchange)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            exchange.Http.Response.Headers[name] = value;
        }

        return exchange.WriteBodyAsync(status, body, contentType);
    }
}
