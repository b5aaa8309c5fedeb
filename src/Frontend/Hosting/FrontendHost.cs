using Ensemble.Catalog;
using Ensemble.Storage.Hosting;

namespace Ensemble.Frontend.Hosting;

/// <summary>Puts the frontend together with the in-process engine behind it.</summary>
public static class FrontendHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    /// <summary>Slack between the longest drain and the moment at which the host gives up on a stop.</summary>
    private static readonly TimeSpan StopSlack = TimeSpan.FromSeconds(20);

    /// <param name="args">The command line.</param>
    /// <param name="configure">Replaces services, for a host that embeds the frontend.</param>
    /// <exception cref="CatalogException">The catalog has errors; the message lists them all.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        CommandLine.Check(args);
        var builder = CreateBuilder(args);
        builder.AddEnsembleDefaults();
        if (AddressKeys.All(key => string.IsNullOrEmpty(builder.Configuration[key])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var options = OptionsReader.Read(builder.Configuration);
        ListenAddresses.Check(builder.Configuration, options);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain + StopSlack);
        builder.Services.AddEnsembleStorage(options.Storage).AddEnsembleFrontend(options).AddInProcessEngine();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapEnsembleFrontend();
        return app;
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            return WebApplication.CreateSlimBuilder(args);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or FormatException or ArgumentException)
        {
            // A folder that is not there, or an appsettings.json that is no JSON.
            throw new StartException($"The configuration cannot be read: {(exception.InnerException ?? exception).Message}");
        }
    }
}
