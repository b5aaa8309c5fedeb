namespace Ensemble.Members;

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
