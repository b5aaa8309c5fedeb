namespace Ensemble.Testing;

internal sealed class DynamicReply(Func<StubRequest, StubReply> reply) : StubReply
{
    internal override Task WriteAsync(StubExchange exchange) => reply(exchange.Request).WriteAsync(exchange);
}
