using System.Collections.Concurrent;

namespace Ensemble.Testing;

/// <summary>What a stubbed provider answers under one model's name.</summary>
public sealed class StubModel(string name)
{
    private readonly ConcurrentQueue<StubReply> _once = new();

    public string Name { get; } = name;

    /// <summary>The answer once the queued ones are used up.</summary>
    public StubReply Default { get; set; } = StubReply.Text($"An answer from {name}.");

    /// <summary>Answers one request with it, after those queued before.</summary>
    public StubModel Enqueue(StubReply reply)
    {
        _once.Enqueue(reply);
        return this;
    }

    public StubModel Answers(string text)
    {
        Default = StubReply.Text(text);
        return this;
    }

    internal StubReply Next() => _once.TryDequeue(out var reply) ? reply : Default;
}
