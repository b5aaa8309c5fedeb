using System.Text.Json;
using Ensemble.Members;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Ensemble.Grains.Members;

/// <summary>Reads the membership table and queries every member, in a silo: a frontend is connected only to some silos.</summary>
[StatelessWorker]
[Reentrant]
internal sealed class ClusterGrain(
    IClusterMembershipService membership, NodeServices nodes, IOptions<ClusterOptions> cluster, TimeProvider time) : Grain, IClusterGrain
{
    /// <summary>How long reading the membership table may take. Without it, names and states come from the silo's own snapshot.</summary>
    private static readonly TimeSpan TableTimeout = TimeSpan.FromSeconds(1);

    public async Task<byte[]> ReadAsync()
    {
        var (known, problem) = await MembersAsync();
        var asked = known.Select(found => (found.Member, (Func<Task<NodeReport>>)(() => nodes.ReportAsync(found.Silo))));
        return MembersJson.Write(new ClusterReport
        {
            ClusterId = cluster.Value.ClusterId,
            Problem = problem,
            Members = await MemberSurvey.AskAsync(asked, time, CancellationToken.None),
        });
    }

    private async Task<(IEnumerable<(MemberReport Member, SiloAddress Silo)> Members, string? Problem)> MembersAsync()
    {
        try
        {
            var entries = await GrainFactory.GetGrain<IManagementGrain>(0).GetDetailedHosts().WaitAsync(TableTimeout, time);
            return (entries.Select(static entry => (Of(entry), entry.SiloAddress)), null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var members = membership.CurrentSnapshot.Members.Values;
            return (
                members.Select(static member => (Of(member), member.SiloAddress)),
                $"The membership table cannot be read: {exception.Message}");
        }
    }

    private static MemberReport Of(MembershipEntry entry) => new()
    {
        Name = entry.SiloName,
        Address = AddressOf(entry.SiloAddress),
        Host = entry.HostName,
        Status = StatusOf(entry.Status),
        StartedAt = Utc(entry.StartTime),
        SeenAt = Utc(entry.IAmAliveTime),
    };

    private static MemberReport Of(ClusterMember member) => new()
    {
        Name = member.Name,
        Address = AddressOf(member.SiloAddress),
        Status = StatusOf(member.Status),
    };

    private static string AddressOf(SiloAddress silo) => silo.Endpoint.ToString();

    private static string StatusOf(SiloStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static DateTimeOffset? Utc(DateTime time) =>
        time == default ? null : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
