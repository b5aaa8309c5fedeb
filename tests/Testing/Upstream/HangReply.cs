namespace Ensemble.Testing;

internal sealed class HangReply : StubReply
{
    internal override Task WriteAsync(StubExchange exchange) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Ends);
}
