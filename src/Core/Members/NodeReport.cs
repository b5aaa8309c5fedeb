namespace Ensemble.Members;

/// <summary>How a process stands, in its own words. It asks no other process for it, and no database.</summary>
public sealed record NodeReport
{
    /// <summary><c>all</c>, <c>silo</c>, <c>frontend</c> or <c>gateway</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Of the product, as in <c>0.1.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Memory of the process, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Runs that it executes; of a frontend, those that it waits for.</summary>
    public int RunsInFlight { get; init; }

    /// <summary>
    /// Activations by kind: <c>runs</c>, <c>model_gates</c>, <c>caller_gates</c>, <c>usage_watch</c>, <c>orleans</c>. Empty where it is no
    /// silo.
    /// </summary>
    public IReadOnlyDictionary<string, int> Activations { get; init; } = new Dictionary<string, int>();

    /// <summary>The gates that live in it, in order; at most <see cref="NodeReporter.MaxGates"/>.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>How many gates live in it.</summary>
    public int GateCount { get; init; }

    public required QueueReport Ledger { get; init; }

    public required QueueReport Buffers { get; init; }
}
