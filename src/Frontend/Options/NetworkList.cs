using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ensemble.Catalog.Addresses;

namespace Ensemble.Frontend.Options;

/// <summary>Reads an option that lists networks, separated by commas.</summary>
internal static class NetworkList
{
    /// <param name="problems">Takes what is wrong with each entry, and how to correct it; null = the entries are known to hold.</param>
    public static IReadOnlyList<IPNetwork> Read(string list, List<string>? problems = null)
    {
        var networks = new List<IPNetwork>();
        foreach (var entry in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Problem(entry, out var network) is { } problem)
            {
                problems?.Add($"'{entry}' {problem}");
            }
            else
            {
                networks.Add(network);
            }
        }

        return networks;
    }

    private static string? Problem(string entry, out IPNetwork network)
    {
        network = default;
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !IPAddress.TryParse(entry.AsSpan(0, slash), out var address)
            || !int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            return "is not a network. Write ADDRESS/BITS, as 10.1.0.0/16; a single address is 10.1.2.3/32.";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return "is an IPv4 network in an IPv6 form. Write the IPv4 network.";
        }

        if (!IPNetwork.TryParse(entry, out network) || !network.BaseAddress.Equals(address))
        {
            return $"is not a network: {bits} bits do not hold the whole of {address}. Set the bits after them to zero, or give more bits.";
        }

        return UpstreamNetwork.Refused(network) is { } words ? $"holds only {words}: no entry here allows that. Remove it." : null;
    }
}
