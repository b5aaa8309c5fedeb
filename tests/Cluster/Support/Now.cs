namespace Ensemble.Cluster.Tests.Support;

internal static class Now
{
    /// <summary>Cancelled when the running test is given up.</summary>
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
