using System.Net;
using Ensemble.Frontend.Hosting;
using Ensemble.Grains.Answers;
using Ensemble.Storage;
using Ensemble.Storage.Postgres;
using Npgsql;

namespace Ensemble.Silo.Hosting;

/// <summary>Reads a node's options, and a frontend's, and collects everything that is wrong with them.</summary>
internal static class NodeOptionsReader
{
    public const string Connection = "Cluster:ConnectionString";

    private const string Address = "Cluster:AdvertisedAddress";

    private const string Answers = "Cluster:Answers";

    /// <summary>Every option of a node, with those of its frontend.</summary>
    public static readonly string[] Known =
    [
        .. OptionsReader.Known,
        "role", "Cluster:ClusterId", "Cluster:ServiceId", Connection, "Cluster:SiloPort", "Cluster:GatewayPort", Address, Answers,
    ];

    private const int MaxName = 64;

    /// <param name="role">What the configuration says; null where it says nothing that can be understood.</param>
    /// <param name="problems">What is wrong with the command line already; null = nothing is.</param>
    /// <exception cref="StartupException">Names every option that does not hold, and what it may be.</exception>
    public static (FrontendOptions Frontend, NodeOptions Node) Read(
        IConfiguration configuration, NodeRole? role, IReadOnlyList<string>? problems = null)
    {
        var reader = new OptionsReader(configuration, Known, problems);
        if (role is null)
        {
            reader.Problem($"option role: '{configuration["role"]}' is not valid. Use all, silo or frontend.");
        }

        var frontend = reader.Frontend();
        var defaults = new NodeOptions();
        var database = Database(configuration, role, reader);

        // Two nodes that are clusters by themselves stand side by side on one machine.
        var isAlone = role is null || (role is NodeRole.All && string.IsNullOrEmpty(configuration[Connection]));
        var node = new NodeOptions
        {
            Role = role ?? NodeRole.All,
            ClusterId = Name(configuration, "Cluster:ClusterId", defaults.ClusterId, reader),
            ServiceId = Name(configuration, "Cluster:ServiceId", defaults.ServiceId, reader),
            ConnectionString = database?.ConnectionString,
            SiloPort = (int)reader.Number("Cluster:SiloPort", isAlone ? 0 : defaults.SiloPort, isAlone ? 0 : 1, IPEndPoint.MaxPort),
            GatewayPort = (int)reader.Number(
                "Cluster:GatewayPort", isAlone ? 0 : defaults.GatewayPort, isAlone ? 0 : 1, IPEndPoint.MaxPort),
            AdvertisedAddress = isAlone || role is NodeRole.Frontend
                ? defaults.AdvertisedAddress
                : Advertised(configuration, database, reader),
            Answers = Transport(configuration, defaults.Answers, reader),
            Name = Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } name ? name : null,
        };
        if (node.SiloPort == node.GatewayPort && node.SiloPort != 0)
        {
            reader.Problem($"option Cluster:GatewayPort: {node.GatewayPort} is Cluster:SiloPort too. Give each its own.");
        }

        if (!isAlone)
        {
            CheckShared(configuration, frontend, reader);
        }

        reader.ThrowIfAny();
        return (frontend, node);
    }

    /// <returns>The role that the configuration names; null where it is none.</returns>
    public static NodeRole? Role(IConfiguration configuration) => configuration["role"] switch
    {
        null or "" => NodeRole.All,
        var text when text.All(char.IsAsciiLetter) && Enum.TryParse<NodeRole>(text, ignoreCase: true, out var role) => role,
        _ => null,
    };

    private static AnswerTransport Transport(IConfiguration configuration, AnswerTransport fallback, OptionsReader reader)
    {
        switch (configuration[Answers])
        {
            case null or "":
                return fallback;
            case "stream":
                return AnswerTransport.Stream;
            case "pull":
                return AnswerTransport.Pull;
            case var text:
                reader.Problem($"option {Answers}: '{text}' is not valid. Use stream or pull.");
                return fallback;
        }
    }

    // A limit, a key or a model that one node knows and another does not would hold here and not there.
    private static void CheckShared(IConfiguration configuration, FrontendOptions frontend, OptionsReader reader)
    {
        if (frontend.CatalogFile is not null)
        {
            reader.Problem(
                "option Catalog:File: the nodes of a cluster share the stored catalog. Leave it out, and edit the catalog over HTTP.");
        }

        if (frontend.Storage.Provider != StorageProvider.Postgres && !string.IsNullOrEmpty(configuration["Storage:Provider"]))
        {
            reader.Problem("option Storage:Provider: the nodes of a cluster share one database. Leave it out, or set it to postgres.");
        }
    }

    private static NpgsqlConnectionStringBuilder? Database(IConfiguration configuration, NodeRole? role, OptionsReader reader)
    {
        var text = configuration[Connection];
        if (string.IsNullOrEmpty(text))
        {
            if (role is null or NodeRole.All)
            {
                return null;
            }

            reader.Problem(
                $"option {Connection}: nodes find each other in a PostgreSQL database, as 'Host=…;Database=…;Username=…;Password=…'. "
                + "Give it in the environment, as Cluster__ConnectionString: a command line is for everybody on the machine to read.");
            return null;
        }

        try
        {
            return PostgresConnection.Read(text, Connection);
        }
        catch (StorageException exception)
        {
            reader.Problem(exception.Message);
            return null;
        }
    }

    private static IPAddress Advertised(IConfiguration configuration, NpgsqlConnectionStringBuilder? database, OptionsReader reader)
    {
        var given = configuration[Address] is { Length: > 0 } option ? option : Environment.GetEnvironmentVariable("POD_IP");
        if (string.IsNullOrEmpty(given))
        {
            if (database is not null && !IsLocal(database.Host))
            {
                reader.Problem(
                    $"option {Address}: other machines cannot reach a silo without one. Give the IP address of this machine, or set "
                    + "POD_IP.");
            }

            return IPAddress.Loopback;
        }

        // Of "any address" nobody could make a connection.
        if (IPAddress.TryParse(given, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            return address;
        }

        reader.Problem($"option {Address}: '{given}' is not an IP address at which other nodes reach this one.");
        return IPAddress.Loopback;
    }

    private static bool IsLocal(string? host) => host is null || host.StartsWith('/') || host.Equals(
        "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string Name(IConfiguration configuration, string key, string fallback, OptionsReader reader)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (text.Length > MaxName || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            reader.Problem($"option {key}: must have 1 to {MaxName} letters, digits and '-_.'. The default is {fallback}.");
        }

        return text;
    }
}
