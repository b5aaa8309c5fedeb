using System.Text;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>A part of a stream that a test writes by hand.</summary>
public sealed class StubStep
{
    private readonly Func<StubExchange, Task> _write;

    private StubStep(Func<StubExchange, Task> write, bool needsRole = false)
    {
        _write = write;
        NeedsRole = needsRole;
    }

    internal bool NeedsRole { get; }

    public static StubStep Delta(string text) => new(
        exchange => exchange.WriteEventAsync(StubJson.Chunk(exchange, 0, new JsonObject { ["content"] = text })), needsRole: true);

    public static StubStep Reasoning(string text) => new(
        exchange => exchange.WriteEventAsync(StubJson.Chunk(exchange, 0, new JsonObject { ["reasoning_content"] = text })),
        needsRole: true);

    public static StubStep Refusal(string text) => new(
        exchange => exchange.WriteEventAsync(StubJson.Chunk(exchange, 0, new JsonObject { ["refusal"] = text })), needsRole: true);

    public static StubStep Finish(string reason = "stop") => new(
        exchange => exchange.WriteEventAsync(StubJson.Chunk(exchange, 0, [], reason)), needsRole: true);

    /// <summary>A chunk without choices that reports the usage, whether or not the request asked for one.</summary>
    public static StubStep Usage(int promptTokens, int completionTokens) => new(exchange =>
    {
        var chunk = StubJson.Chunk(exchange, []);
        chunk["usage"] = StubJson.Usage(new StubUsage(promptTokens, completionTokens));
        return exchange.WriteEventAsync(chunk);
    });

    public static StubStep Done() => new(exchange => exchange.WriteEventAsync("[DONE]"));

    /// <summary>An event with this data, as it stands.</summary>
    public static StubStep Raw(string dataJson) => new(exchange => exchange.WriteEventAsync(dataJson));

    /// <summary>An event of that name with this data, as it stands.</summary>
    public static StubStep Event(string name, string dataJson) => new(exchange => exchange.WriteEventAsync(name, dataJson));

    /// <summary>Bytes as they stand, with no event around them.</summary>
    public static StubStep Bytes(ReadOnlyMemory<byte> bytes) => new(exchange => exchange.WriteBytesAsync(bytes));

    public static StubStep Comment(string text) => new(exchange => exchange.WriteBytesAsync(Encoding.UTF8.GetBytes($": {text}\n\n")));

    public static StubStep Wait(Task gate) => new(exchange => gate.WaitAsync(exchange.Ends));

    /// <summary>Silence until the client goes away.</summary>
    public static StubStep Stall() => new(
        exchange => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, exchange.Ends));

    /// <summary>
    /// Breaks the answer off: the connection closes without the end of the body, or RST_STREAM on HTTP/2. Over HTTP/1.1 the client
    /// gets what was sent before; over HTTP/2 it may lose what it has not read yet, so that a test puts a <see cref="Wait"/> before.
    /// </summary>
    public static StubStep Drop() => new(_ => Task.FromException(new StubDropException()));

    /// <summary>Aborts the connection at once. The client may lose what it has not read yet.</summary>
    public static StubStep Reset() => new(exchange =>
    {
        exchange.Http.Abort();
        return Task.FromException(new StubDropException());
    });

    internal Task WriteAsync(StubExchange exchange) => _write(exchange);
}
