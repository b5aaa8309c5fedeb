namespace Ensemble.Testing;

internal sealed class GatedReply(Task gate, StubReply inner) : StubReply
{
    internal override async Task WriteAsync(StubExchange exchange)
    {
        await gate.WaitAsync(exchange.Ends);
        await inner.WriteAsync(exchange);
    }
}
