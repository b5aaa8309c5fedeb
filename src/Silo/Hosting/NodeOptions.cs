using System.Net;
using System.Text;
using Ensemble.Grains.Answers;

namespace Ensemble.Silo.Hosting;

/// <summary>What an operator can set of a node besides what a frontend has. Each is plain .NET configuration.</summary>
internal sealed record NodeOptions
{
    /// <summary><c>role</c>. Default <see cref="NodeRole.All"/>.</summary>
    public NodeRole Role { get; init; }

    /// <summary><c>Cluster:ClusterId</c>: nodes of one id find each other. Another one beside it is another cluster.</summary>
    public string ClusterId { get; init; } = "ensemble";

    /// <summary><c>Cluster:ServiceId</c>: stays the same for ever, over all clusters of the service.</summary>
    public string ServiceId { get; init; } = "ensemble";

    /// <summary>
    /// <c>Cluster:ConnectionString</c>: the PostgreSQL database with the cluster's members; null for a node of role <c>all</c> that is the
    /// whole cluster.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>Whether this node is the whole cluster.</summary>
    public bool IsStandalone => Role is NodeRole.All && ConnectionString is null;

    /// <summary>
    /// <c>Cluster:SiloPort</c>: where silos talk to a silo. Default 11111, and of a node that is the whole cluster any that is free.
    /// </summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary><c>Cluster:GatewayPort</c>: where frontends talk to a silo. Default 30000; 0 = none do, the default of a node that is the
    /// whole cluster.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary><c>Cluster:AdvertisedAddress</c>: where the others reach a silo, and where it listens.</summary>
    public IPAddress AdvertisedAddress { get; init; } = IPAddress.Loopback;

    /// <summary><c>Cluster:Answers</c>: how streamed answers come to a frontend. Default <see cref="AnswerTransport.Stream"/>. Whole
    /// answers are always pulled, and so is what a node of role <c>all</c> reads from other nodes.</summary>
    public AnswerTransport Answers { get; init; } = AnswerTransport.Stream;

    /// <summary>The environment's <c>POD_NAME</c>: a silo's name; null = Orleans makes one.</summary>
    public string? Name { get; init; }

    // What a record prints ends up in logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(nameof(Role)).Append(" = ").Append(Role);
        return true;
    }
}
