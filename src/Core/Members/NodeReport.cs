using System.Text.Json.Serialization;

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

    /// <summary>The gates that live in it, in order; at most 1000.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>How many gates live in it.</summary>
    public int GateCount { get; init; }

    public required QueueReport Ledger { get; init; }

    public required QueueReport Buffers { get; init; }
}

/// <summary>How full something bounded is.</summary>
/// <param name="Bytes">What it holds.</param>
/// <param name="CapacityBytes">What it may hold.</param>
/// <param name="Dropped">Entries that did not fit since the process started.</param>
public sealed record QueueReport(long Bytes, long CapacityBytes, long Dropped);

/// <summary>One process of a cluster, as the table of members knows it, and what it says of itself.</summary>
public sealed record MemberReport
{
    /// <summary>Of a member that is up.</summary>
    public const string Active = "active";

    /// <summary>Of a member that has left, or was declared dead.</summary>
    public const string Dead = "dead";

    /// <summary>The pod's name in Kubernetes.</summary>
    public required string Name { get; init; }

    /// <summary>Where other members reach it; null where none does.</summary>
    public string? Address { get; init; }

    public string? Host { get; init; }

    /// <summary><c>joining</c>, <c>active</c>, <c>shutting_down</c>, <c>stopping</c> or <c>dead</c>.</summary>
    public required string Status { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last wrote to the table of members that it is alive; null where the table was not read.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>What it says of itself; null of a member that is dead or did not answer.</summary>
    public NodeReport? Node { get; init; }

    /// <summary>Why it says nothing of itself; null where it does, or is dead.</summary>
    public string? Problem { get; init; }
}

/// <summary>The members of a cluster at one moment.</summary>
public sealed record ClusterReport
{
    /// <summary>What this is, for those who read it as JSON.</summary>
    [JsonPropertyName("object")]
    public string Kind { get; init; } = "cluster";

    /// <summary><c>Cluster:ClusterId</c>; null where this process is no member of a cluster, or no silo answers.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Why members may be missing; null where all are here.</summary>
    public string? Problem { get; init; }

    /// <summary>Those that are up first, then by name.</summary>
    public IReadOnlyList<MemberReport> Members { get; init; } = [];
}
