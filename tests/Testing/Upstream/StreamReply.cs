namespace Ensemble.Testing;

internal sealed class StreamReply(IReadOnlyList<StubStep> steps) : StubReply
{
    internal override async Task WriteAsync(StubExchange exchange)
    {
        await exchange.BeginStreamAsync();
        var roleSent = false;
        foreach (var step in steps)
        {
            if (step.NeedsRole && !roleSent)
            {
                roleSent = true;
                await exchange.WriteEventAsync(StubJson.Chunk(exchange, 0, StubJson.RoleDelta()));
            }

            await step.WriteAsync(exchange);
        }
    }
}
