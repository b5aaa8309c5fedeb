using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using Ensemble.Grains.Answers;

namespace Ensemble.Silo.Options;

/// <summary>What an operator can set of a node besides what a frontend has. Each is plain .NET configuration.</summary>
internal sealed record NodeOptions
{
    private const string Name64 = "[A-Za-z0-9._-]{1,64}";

    private const string Name64Rule = "must have 1 to 64 letters, digits and '-_.'. The default is ensemble.";

    /// <summary>What the process does. Default <see cref="NodeRole.All"/>.</summary>
    [ConfigurationKeyName("role")]
    public NodeRole Role { get; init; }

    /// <summary>
    /// The PostgreSQL database with the cluster's members; null for a node of role <c>all</c> that is the whole cluster.
    /// </summary>
    [ConfigurationKeyName(NodeConfiguration.Connection)]
    public string? ConnectionString { get; init; }

    /// <summary>Whether this node is the whole cluster.</summary>
    public bool IsStandalone => Role is NodeRole.All && ConnectionString is null;

    /// <summary>Nodes of one id find each other. Another one beside it is another cluster.</summary>
    [ConfigurationKeyName("Cluster:ClusterId"), RegularExpression(Name64, ErrorMessage = Name64Rule)]
    public string ClusterId { get; init; } = "ensemble";

    /// <summary>Stays the same for ever, over all clusters of the service.</summary>
    [ConfigurationKeyName("Cluster:ServiceId"), RegularExpression(Name64, ErrorMessage = Name64Rule)]
    public string ServiceId { get; init; } = "ensemble";

    /// <summary>Where silos talk to a silo. Default 11111, and of a node that is the whole cluster any that is free (0).</summary>
    [ConfigurationKeyName("Cluster:SiloPort"), Range(0, IPEndPoint.MaxPort)]
    public int SiloPort { get; init; } = 11111;

    /// <summary>Where frontends talk to a silo. Default 30000; 0 = none do, the default of a node that is the whole cluster.</summary>
    [ConfigurationKeyName("Cluster:GatewayPort"), Range(0, IPEndPoint.MaxPort)]
    public int GatewayPort { get; init; } = 30000;

    /// <summary>How streamed answers come to a frontend. Default <see cref="AnswerTransport.Stream"/>. Whole answers are always pulled, and
    /// so is what a node of role <c>all</c> reads from other nodes.</summary>
    [ConfigurationKeyName("Cluster:Answers")]
    public AnswerTransport Answers { get; init; } = AnswerTransport.Stream;

    /// <summary>
    /// Where the others reach a silo, as text; null = <c>POD_IP</c> of the environment, or this machine alone where the database is on it.
    /// </summary>
    [ConfigurationKeyName("Cluster:AdvertisedAddress")]
    public string? Address { get; init; }

    /// <summary>Where the others reach a silo, and where it listens.</summary>
    public IPAddress AdvertisedAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The environment's <c>POD_NAME</c>: a silo's name; null = Orleans makes one.</summary>
    public string? Name { get; init; }

    // What a record prints ends up in logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(nameof(Role)).Append(" = ").Append(Role);
        return true;
    }
}
