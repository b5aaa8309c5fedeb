using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Options;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Ensemble.Silo.Hosting;

/// <summary>What every host of a frontend has alike, whatever engine is behind it.</summary>
internal static class FrontendHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Requests at once over one HTTP/2 connection.</summary>
    private const int MaxStreams = 100;

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    /// <summary>Slack between the longest drain and the moment at which the host gives up on a stop.</summary>
    private static readonly TimeSpan StopSlack = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Adds the HTTP tier, which listens at 127.0.0.1:8080 unless the configuration says where. It needs storage and an engine besides.
    /// </summary>
    /// <exception cref="StartupException">It would listen where it must not.</exception>
    public static void AddFrontend(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.UseListeners(options, DefaultUrl);
        ListenAddresses.Check(builder.Configuration, options);
        builder.Services.AddEnsembleModels(options).AddEnsembleCatalog(options).AddEnsembleFrontend(options);
    }

    /// <summary>
    /// Listens where the configuration says, else at <paramref name="defaultUrl"/>, and stops no sooner than runs may take to finish.
    /// </summary>
    public static void UseListeners(this WebApplicationBuilder builder, FrontendOptions options, string defaultUrl)
    {
        if (AddressKeys.All(key => string.IsNullOrEmpty(builder.Configuration[key]))
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(defaultUrl);
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Each body has its limit where it is read, and the answer is read only by callers who could send the rest.
            kestrel.Limits.MaxRequestBodySize = null;

            // Limits:BodySeconds bounds how slow a body may be. Kestrel's own rate breaks the connection of a caller that a busy machine
            // starves.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        });
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new BoundedListeners(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services), options.MaxConnections));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain + StopSlack);
    }
}
