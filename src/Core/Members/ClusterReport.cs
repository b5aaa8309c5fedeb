using System.Text.Json.Serialization;

namespace Ensemble.Members;

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
