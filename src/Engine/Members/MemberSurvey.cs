namespace Ensemble.Members;

/// <summary>Asks members how they stand, all at once. One that does not answer in time, or fails, keeps the others from nothing.</summary>
public static class MemberSurvey
{
    /// <summary>How long a member may take to answer: 2 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Dead members that are shown at most.</summary>
    public const int MaxDead = 20;

    /// <summary>How long a dead member is shown after it was last seen.</summary>
    private static readonly TimeSpan DeadRetention = TimeSpan.FromDays(1);

    /// <param name="members">As the table of members has them, each with how it is asked.</param>
    /// <returns>Those that are up first, then by name; of the dead the latest.</returns>
    public static async Task<IReadOnlyList<MemberReport>> AskAsync(
        IEnumerable<(MemberReport Member, Func<Task<NodeReport>> Ask)> members, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = members.ToLookup(static known => known.Member.Status == MemberReport.Dead);
        var asked = await Task.WhenAll(all[false].Select(known => AskAsync(known.Member, known.Ask, time, cancellationToken)));
        var dead = all[true].Select(static known => known.Member)
            .Where(member => member.SeenAt is not { } seen || now - seen < DeadRetention)
            .OrderByDescending(static member => member.SeenAt)
            .Take(MaxDead);
        return
        [
            .. asked
                .OrderBy(static member => member.Status != MemberReport.Active)
                .ThenBy(static member => member.Name, StringComparer.Ordinal),
            .. dead,
        ];
    }

    private static async Task<MemberReport> AskAsync(
        MemberReport member, Func<Task<NodeReport>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return member with { Node = await ask().WaitAsync(Timeout, time, cancellationToken) };
        }
        catch (TimeoutException)
        {
            return member with { Problem = $"It has not answered within {Timeout.TotalSeconds:f0} s." };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return member with { Problem = $"It could not be asked: {exception.Message}" };
        }
    }
}
