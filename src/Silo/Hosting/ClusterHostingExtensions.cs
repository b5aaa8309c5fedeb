using System.Net;
using System.Net.Sockets;
using Ensemble.Execution;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Options;
using Ensemble.Grains.Hosting;
using Ensemble.Grains.Streams;
using Ensemble.Silo.Options;
using Orleans.Configuration;

namespace Ensemble.Silo.Hosting;

/// <summary>How nodes are joined to a cluster: what both sides must have alike stands here once.</summary>
internal static class ClusterHostingExtensions
{
    private const string PostgresInvariant = "Npgsql";

    /// <summary>A reader of events hears from a run at half of it, so it is the same on both sides.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeadSiloLease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan GatewayRefreshPeriod = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TableRefreshPeriod = TimeSpan.FromSeconds(5);

    public static void AddNode(this ISiloBuilder silo, NodeOptions options)
    {
        if (options.ConnectionString is { } connection)
        {
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (PostgresInvariant, connection));
            silo.Configure<EndpointOptions>(endpoint =>
                (endpoint.AdvertisedIPAddress, endpoint.SiloPort, endpoint.GatewayPort) =
                    (options.AdvertisedAddress, options.SiloPort, options.GatewayPort));
        }
        else
        {
            silo.UseLocalhostClustering(options.SiloPort == 0 ? FreePort() : options.SiloPort, options.GatewayPort);
        }

        if (options.Name is { } name)
        {
            silo.Configure<SiloOptions>(named => named.SiloName = name);
        }

        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            (membership.ProbeTimeout, membership.MaxProbeTimeout) = (ProbeTimeout, ProbeTimeout);
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 2;

            // A silo that stood still reads there that it was declared dead, and ends. Until then it takes calls beside its successors.
            (membership.TableRefreshTimeout, membership.IAmAliveTablePublishTimeout) = (TableRefreshPeriod, TableRefreshPeriod);
        });
        // For so long after a silo died nobody takes its grains over; the usual 30 s are longer than a caller waits. A silo that is
        // declared dead while it stands still, and wakes up, finds its gates' epochs taken.
        silo.Configure<GrainDirectoryOptions>(static directory => directory.RangeLeaseDuration = DeadSiloLease);
        silo.AddActivityPropagation();
        silo.AddEnsembleGrains(options.IsStandalone);
        silo.Services.AddHostedService(_ => new PortCheck(options));
        silo.Services.AddSiloDrain();
    }

    public static void AddNode(this IClientBuilder client, NodeOptions options)
    {
        client.UseAdoNetClustering(
            clustering => (clustering.Invariant, clustering.ConnectionString) = (PostgresInvariant, options.ConnectionString));
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);

        // A silo that stands still keeps its connections: only the table of members tells a frontend that it is dead. The usual minute is
        // too long.
        client.Configure<GatewayOptions>(static gateways => gateways.GatewayListRefreshPeriod = GatewayRefreshPeriod);
        client.UseConnectionRetryFilter<GatewayRetryFilter>();
        client.AddActivityPropagation();
        client.AddPushStreams();
    }

    /// <summary>
    /// Orleans has to be told a port. Between this look and its start another process may take it; the start then says so.
    /// </summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>
    /// Runs of the silo finish before it leaves the cluster: the deactivation of grains comes too late for that, and is cut short.
    /// </summary>
    private static void AddSiloDrain(this IServiceCollection services)
    {
        services.AddKeyedSingleton(nameof(RunHost), static (provider, _) => new Drain(
            provider.GetRequiredService<RunHost>(),
            provider.GetRequiredService<FrontendOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Drain>>()));

        // Not as a hosted service of its type: a frontend in the same process has a drain too, and only one of them would be kept.
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredKeyedService<Drain>(nameof(RunHost)));
    }
}
