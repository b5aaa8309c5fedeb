namespace Ensemble.Members;

/// <summary>Who is in the cluster, and how each member stands.</summary>
public interface IClusterMembers
{
    /// <summary>Never fails: a member, or a whole cluster, that does not answer in time is told in the report.</summary>
    Task<ClusterReport> ReadAsync(CancellationToken cancellationToken);
}
