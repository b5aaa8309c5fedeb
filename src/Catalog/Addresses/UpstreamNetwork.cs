using System.Net;

namespace Ensemble.Catalog.Addresses;

/// <summary>Where upstream calls may go, and how they get there.</summary>
public sealed record UpstreamNetwork
{
    /// <summary>Private networks that may be called. Link-local, metadata and multicast addresses never are. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>
    /// Whether the proxy of the process's environment is used. It resolves names itself, so that only addresses written out, and the
    /// proxy's own, are checked here. Default false.
    /// </summary>
    public bool UseProxy { get; init; }

    /// <summary>
    /// Whether providers are told the trace and the span that a call belongs to, as W3C's <c>traceparent</c>. Default false.
    /// </summary>
    public bool PropagatesTrace { get; init; }

    /// <summary>Finds the addresses of a name. Default: as this machine does.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>What a network holds that no list allows; null where listing it makes sense.</summary>
    public static string? Refused(IPNetwork network)
    {
        var first = AddressRule.Classify(network.BaseAddress);
        return first.Kind is AddressKind.Forbidden or AddressKind.Loopback && AddressRule.Classify(Last(network)) == first
            ? first.Description
            : null;
    }

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
