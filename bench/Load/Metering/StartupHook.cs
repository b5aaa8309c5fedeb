using Ensemble.Load.Metering;

/// <summary>Loaded into each node of the cluster by DOTNET_STARTUP_HOOKS, so that the product need not know that it is measured.</summary>
#pragma warning disable MA0047, CA1050 // The runtime looks for this very name, outside any namespace.
internal static class StartupHook
#pragma warning restore MA0047, CA1050
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(MeterEndpoint.Variable) is { Length: > 0 } path)
        {
            MeterEndpoint.Open(path);
        }
    }
}
