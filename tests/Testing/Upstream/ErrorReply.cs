using System.Globalization;

namespace Ensemble.Testing;

internal sealed class ErrorReply(int status, string? code, string message, string? param, TimeSpan? retryAfter, string type) : StubReply
{
    internal override Task WriteAsync(StubExchange exchange)
    {
        if (retryAfter is { } wait)
        {
            var headers = exchange.Http.Response.Headers;
            headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            headers["retry-after-ms"] = Math.Ceiling(wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        return exchange.WriteJsonAsync(status, exchange.Rules.ErrorBody(status, message, type, param, code));
    }
}
