using Ensemble.Catalog;
using Ensemble.Execution;
using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Options;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Options;
using Ensemble.Storage.Hosting;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Ensemble.Testing;

/// <summary>
/// The product's endpoints, pipeline and storage in this process, without Orleans: on a clock of the test's own, and up within
/// milliseconds.
/// </summary>
public static class TestHost
{
    /// <param name="args">The command line, with the options of a frontend.</param>
    /// <param name="configure">Replaces services.</param>
    /// <exception cref="StartupException">An option does not hold.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None)
            .AddFilter("Polly", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(LimitedLoggerFactory.Create));
        List<string> problems = [];
        OptionsBinder.CheckNames(builder.Configuration, FrontendConfiguration.Options, problems);
        var options = FrontendConfiguration.Read(builder.Configuration, problems);
        StartupException.ThrowIfAny(problems);
        builder.Services.AddEnsembleStorage(options.Storage);
        builder.AddFrontend(options);
        AddEngine(builder.Services);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapEnsembleFrontend();
        return app;
    }

    private static void AddEngine(IServiceCollection services)
    {
        services.AddKeyedSingleton<IUsageSink>(UsageFeed.SinkName, static (provider, _) => provider.GetRequiredService<UsageFeed>());
        services.AddSingleton<TestGates>();
        services.AddSingleton<IGate>(static provider =>
        {
            var gates = provider.GetRequiredService<TestGates>();
            provider.GetRequiredService<StateInstruments>().Watch(gates);
            return new GateAgent(
                gates,
                provider.GetRequiredService<ICatalog>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<GateInstruments>(),
                provider.GetRequiredService<ILogger<GateAgent>>());
        });
        services.AddSingleton<RunHost>();
        services.AddSingleton(static provider => new TestRunEngine(
            provider.GetRequiredService<RunHost>(), provider.GetRequiredService<FrontendOptions>().MaxRuns));
        services.AddSingleton<IRunEngine>(static provider => provider.GetRequiredService<TestRunEngine>());
        services.AddSingleton<IRunsInFlight>(static provider => provider.GetRequiredService<TestRunEngine>());
    }
}
