using System.Net;
using Ensemble.Frontend.Options;
using Ensemble.Storage;
using Ensemble.Storage.Postgres;
using Npgsql;

namespace Ensemble.Silo.Options;

/// <summary>Reads a node's options, and a frontend's, from the configuration, and says everything that is wrong with them.</summary>
internal static class NodeConfiguration
{
    public const string Connection = "Cluster:ConnectionString";

    /// <summary>Every option of a node, with those of its frontend.</summary>
    public static IReadOnlyList<OptionProperty> Options { get; } =
        [.. FrontendConfiguration.Options, .. OptionProperty.Of(typeof(NodeOptions))];

    /// <param name="role">Null = the configured one.</param>
    /// <param name="problems">What is wrong with the command line already; null = nothing is.</param>
    /// <exception cref="StartupException">Names every option that does not hold, and what it may be.</exception>
    public static (FrontendOptions Frontend, NodeOptions Node) Read(
        IConfiguration configuration, NodeRole? role = null, IReadOnlyList<string>? problems = null)
    {
        List<string> found = [.. problems ?? []];
        OptionsBinder.CheckNames(configuration, Options, found);
        var frontend = FrontendConfiguration.Read(configuration, found);
        var bound = OptionsBinder.Bind<NodeOptions>(configuration, found);
        bound = bound with { Role = role ?? bound.Role };
        var database = Database(bound, found);
        var node = bound with
        {
            ConnectionString = database?.ConnectionString,
            SiloPort = Port("Cluster:SiloPort", bound.SiloPort, new NodeOptions().SiloPort),
            GatewayPort = Port("Cluster:GatewayPort", bound.GatewayPort, new NodeOptions().GatewayPort),
            AdvertisedAddress = bound.IsStandalone || bound.Role is NodeRole.Frontend
                ? IPAddress.Loopback
                : Advertised(bound, database, found),
            Name = Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } name ? name : null,
        };
        if (node.SiloPort == node.GatewayPort && node.SiloPort != 0)
        {
            found.Add($"option Cluster:GatewayPort: {node.GatewayPort} is Cluster:SiloPort too. Give each its own.");
        }

        if (!bound.IsStandalone)
        {
            CheckShared(configuration, frontend, found);
        }

        StartupException.ThrowIfAny(found);
        var telemetry = frontend.Telemetry with { Role = node.Role.ToString().ToLowerInvariant(), Instance = node.Name };
        return (frontend with { Telemetry = telemetry }, node);

        // Two nodes that are clusters by themselves stand side by side on one machine.
        int Port(string option, int port, int fallback)
        {
            if (bound.IsStandalone)
            {
                return string.IsNullOrEmpty(configuration[option]) ? 0 : port;
            }

            if (port == 0)
            {
                found.Add(
                    $"option {option}: 0 is for a node that is a cluster by itself. Give a whole number from 1 to {IPEndPoint.MaxPort}. "
                    + $"The default is {fallback}.");
            }

            return port == 0 ? fallback : port;
        }
    }

    // A limit, a key or a model that one node knows and another does not would hold here and not there.
    private static void CheckShared(IConfiguration configuration, FrontendOptions frontend, List<string> problems)
    {
        if (frontend.CatalogFile is not null)
        {
            problems.Add(
                "option Catalog:File: the nodes of a cluster share the stored catalog. Leave it out, and edit the catalog over HTTP.");
        }

        if (frontend.Storage.Provider != StorageProvider.Postgres && !string.IsNullOrEmpty(configuration["Storage:Provider"]))
        {
            problems.Add("option Storage:Provider: the nodes of a cluster share one database. Leave it out, or set it to postgres.");
        }
    }

    private static NpgsqlConnectionStringBuilder? Database(NodeOptions node, List<string> problems)
    {
        if (node.ConnectionString is null)
        {
            if (!node.IsStandalone)
            {
                problems.Add(
                    $"option {Connection}: nodes find each other in a PostgreSQL database, as 'Host=…;Database=…;Username=…;Password=…'. "
                    + "Give it in the environment, as Cluster__ConnectionString: a command line is for everybody on the machine to read.");
            }

            return null;
        }

        try
        {
            return PostgresConnection.Read(node.ConnectionString, Connection);
        }
        catch (StorageException exception)
        {
            problems.Add(exception.Message);
            return null;
        }
    }

    private static IPAddress Advertised(NodeOptions node, NpgsqlConnectionStringBuilder? database, List<string> problems)
    {
        var given = node.Address ?? Environment.GetEnvironmentVariable("POD_IP");
        if (string.IsNullOrEmpty(given))
        {
            if (database is not null && !IsLocal(database.Host))
            {
                problems.Add(
                    "option Cluster:AdvertisedAddress: other machines cannot reach a silo without one. Give the IP address of this "
                    + "machine, or set POD_IP.");
            }

            return IPAddress.Loopback;
        }

        // Of "any address" nobody could make a connection.
        if (IPAddress.TryParse(given, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            return address;
        }

        problems.Add($"option Cluster:AdvertisedAddress: '{given}' is not an IP address at which other nodes reach this one.");
        return IPAddress.Loopback;
    }

    private static bool IsLocal(string? host) => host is null || host.StartsWith('/') || host.Equals(
        "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
