using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Frontend.Tests.Support;

internal static class SystemClock
{
    /// <summary>Leaves a manual clock to the answers alone, for tests that wait for one timer among those that are armed.</summary>
    public static void ForGates(IServiceCollection services) => services.AddSingleton<IGate>(static provider => new GateAgent(
        new TestGates(provider.GetRequiredService<ICatalog>(), TimeProvider.System, new InMemoryGateStore(), provider.GetRequiredService<IUsageSink>()),
        provider.GetRequiredService<ICatalog>(),
        TimeProvider.System,
        provider.GetRequiredService<GateInstruments>(),
        NullLogger<GateAgent>.Instance));
}
