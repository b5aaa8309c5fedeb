namespace Ensemble.Members;

/// <summary>This process as a member, and as the only one where it is in no cluster.</summary>
/// <param name="name">Its name among its like.</param>
public sealed class LocalMember(string name, NodeReporter reporter, TimeProvider time) : IClusterMembers
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    public MemberReport Report() => new()
    {
        Name = name,
        Host = Environment.MachineName,
        Status = MemberReport.Active,
        StartedAt = _started,
        SeenAt = time.GetUtcNow(),
        Node = reporter.Report(),
    };

    public Task<ClusterReport> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ClusterReport { Members = [Report()] });
}
