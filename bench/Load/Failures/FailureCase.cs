namespace Ensemble.Load.Failures;

/// <summary>Something that happens to a cluster under load.</summary>
/// <param name="Name">By which it is asked for.</param>
/// <param name="Title">What happens, for the report.</param>
/// <param name="ActAsync">Makes it happen, and returns when it is over: at once for a death, after the repair for what is repaired.</param>
internal sealed record FailureCase(string Name, string Title, Func<FailureCluster, CancellationToken, Task> ActAsync)
{
    /// <summary>Whether relays stand between frontends and silos.</summary>
    public bool HasRelays { get; init; }

    /// <summary>Whether answers can be as usual only when it is over: recovery is then counted from there.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>Whether its victim's own requests are lost with it.</summary>
    public bool LosesVictimsRequests { get; init; }

    /// <summary>Whether the cluster is of nodes of role <c>all</c>, and not of silos and frontends.</summary>
    public bool IsOfRoleAll { get; init; }

    /// <summary>The heap that each node may have, in bytes; null = as much as the machine has.</summary>
    public long? HeapLimit { get; init; }

    /// <summary>Whether requests may be refused with 503 while it lasts.</summary>
    public bool MayRefuse { get; init; }

    /// <summary>Whether answers are to take their usual time while it lasts.</summary>
    public bool IsToBeUnnoticed { get; init; }
}
