using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>Orleans' own table of members over a database.</summary>
internal static class Member
{
    public static async Task<IMembershipTable> OpenTableAsync(string connection, string cluster = "ensemble")
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<ClusterOptions>(options => options.ClusterId = cluster);
        services.Configure<AdoNetClusteringSiloOptions>(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connection));
        var provider = services.BuildServiceProvider();
        var table = ActivatorUtilities.CreateInstance<AdoNetClusteringTable>(provider);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true);
        return table;
    }

    public static MembershipEntry Of(int port, SiloStatus status = SiloStatus.Active, DateTime? alive = null) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1),
        SiloName = $"silo-{port}",
        HostName = "host",
        Status = status,
        ProxyPort = port + 1000,
        StartTime = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        IAmAliveTime = alive ?? new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };
}
