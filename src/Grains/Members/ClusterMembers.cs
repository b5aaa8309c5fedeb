using Ensemble.Grains.Calls;
using Ensemble.Members;

namespace Ensemble.Grains.Members;

/// <summary>The cluster as this process sees it through a silo.</summary>
/// <param name="frontend">This process, where no silo knows it; null where it is one.</param>
internal sealed class ClusterMembers(IGrainFactory grains, LocalMember? frontend, TimeProvider time) : IClusterMembers
{
    /// <summary>Silos that are asked one after the other: one that stands still takes questions and does not answer them.</summary>
    private const int Attempts = 3;

    /// <summary>What a silo may take: its members' time, and some for the way.</summary>
    private static readonly TimeSpan ReadTimeout = MemberSurvey.Timeout + TimeSpan.FromSeconds(2);

    public async Task<ClusterReport> ReadAsync(CancellationToken cancellationToken)
    {
        var report = await AskAsync(cancellationToken);
        if (frontend is null)
        {
            return report;
        }

        var isDead = report.Members.ToLookup(static member => member.Status == MemberReport.Dead);
        return report with { Members = [.. isDead[false], frontend.Report(), .. isDead[true]] };
    }

    private async Task<ClusterReport> AskAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var asking = grains.GetGrain<IClusterGrain>(attempt).ReadAsync();
                return MembersJson.ReadCluster(await asking.WaitAsync(ReadTimeout, time, cancellationToken));
            }
            catch (Exception exception) when (ClusterCalls.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == Attempts - 1)
                {
                    return new ClusterReport { Problem = $"No silo answers: {exception.Message}" };
                }
            }
        }
    }
}
