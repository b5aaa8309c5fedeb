using Ensemble.Catalog;

namespace Ensemble.Panels;

/// <summary>How long those that are still out are waited for once there is quorum.</summary>
internal static class StragglerRule
{
    /// <summary>Less than this is not worth a lost answer, however fast quorum came.</summary>
    public static readonly TimeSpan MinGrace = TimeSpan.FromSeconds(2);

    /// <param name="configured">Null = the larger of 2 s and half the time to quorum.</param>
    /// <returns>Null = as long as they take within their own time-outs.</returns>
    public static TimeSpan? Grace(StragglerGrace? configured, TimeSpan timeToQuorum) =>
        configured is { } set ? set.Wait
        : timeToQuorum / 2 > MinGrace ? timeToQuorum / 2
        : MinGrace;
}
