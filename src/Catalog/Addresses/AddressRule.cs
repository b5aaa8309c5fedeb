using System.Net;
using System.Net.Sockets;

namespace Ensemble.Catalog.Addresses;

/// <summary>
/// Says what an address is, by IANA's special-purpose registries and the addresses at which clouds give their machines
/// credentials. An IPv6 address that carries an IPv4 address is also what that one is.
/// </summary>
internal static class AddressRule
{
    private const string Metadata = "a metadata address of a cloud";
    private const string Reserved = "a reserved address";

    /// <summary>Names by which clouds give their machines credentials, wherever a resolver says that they are.</summary>
    private static readonly string[] MetadataNames =
    [
        "metadata", "metadata.goog", "instance-data", "metadata.tencentyun.com",
        "metadata.packet.net", "metadata.platformequinix.com", "rancher-metadata",
    ];

    private static readonly AddressVerdict Public = new(AddressKind.Public, "a public address");

    // The first network that holds an address decides.
    private static readonly (IPNetwork Network, AddressVerdict Verdict)[] V4 =
    [
        Forbidden("0.0.0.0/32", "the unspecified address"),
        Forbidden("169.254.169.254/32", Metadata),
        Forbidden("169.254.170.0/24", Metadata),
        Forbidden("169.254.0.0/16", "a link-local address"),
        Forbidden("100.100.100.200/32", Metadata),
        Forbidden("168.63.129.16/32", Metadata),
        Forbidden("192.0.0.192/32", Metadata),
        Forbidden("224.0.0.0/4", "a multicast address"),
        Forbidden("255.255.255.255/32", "the broadcast address"),
        Of(AddressKind.Loopback, "127.0.0.0/8", "a loopback address"),
        Private("10.0.0.0/8"),
        Private("172.16.0.0/12"),
        Private("192.168.0.0/16"),
        Private("100.64.0.0/10", "a shared address (carrier-grade NAT)"),
        Private("192.0.2.0/24", "a documentation address"),
        Private("198.51.100.0/24", "a documentation address"),
        Private("203.0.113.0/24", "a documentation address"),
        Private("198.18.0.0/15", "a benchmarking address"),
        Private("0.0.0.0/8", Reserved),
        Private("192.0.0.0/24", Reserved),
        Private("192.88.99.0/24", Reserved),
        Private("240.0.0.0/4", Reserved),
    ];

    private static readonly (IPNetwork Network, AddressVerdict Verdict)[] V6 =
    [
        Forbidden("::/128", "the unspecified address"),
        Of(AddressKind.Loopback, "::1/128", "a loopback address"),
        Forbidden("fe80::/10", "a link-local address"),
        Forbidden("ff00::/8", "a multicast address"),
        Forbidden("fd00:ec2::/32", Metadata),
        Forbidden("fd20:ce::254/128", Metadata),
        Forbidden("fd00:42::42/128", Metadata),
        Forbidden("fd00:c1::a9fe:a9fe/128", Metadata),
        Private("fc00::/7"),
        Private("fec0::/10", "a site-local address"),
        Private("2001:db8::/32", "a documentation address"),
        Private("3fff::/20", "a documentation address"),
        Private("2001::/23", Reserved),
        Of(AddressKind.Public, "64:ff9b::/96", Public.Description),
        Of(AddressKind.Public, "2000::/3", Public.Description),
        Private("::/0", Reserved),
    ];

    /// <returns>Of a host as it is written; without words where it is a name of which only its addresses tell.</returns>
    public static AddressVerdict Classify(string host) =>
        TryReadLiteral(host, out var address) ? Classify(address)
        : IsMetadataName(host.AsSpan().TrimEnd('.')) ? new AddressVerdict(AddressKind.Forbidden, Metadata)
        : default;

    public static AddressVerdict Classify(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Find(V4, address);
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return Find(V4, address.MapToIPv4());
        }

        var bytes = address.GetAddressBytes();
        var verdict = Find(V6, new IPAddress(bytes));
        return Carried(bytes) is { } inner ? Stricter(verdict, Find(V4, inner)) : verdict;
    }

    /// <summary>Whether a host is this machine by its own name: <c>localhost</c>, or a loopback address as it stands.</summary>
    public static bool IsLoopbackHost(string host) =>
        host.AsSpan().TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (TryReadLiteral(host, out var address) && Classify(address).Kind == AddressKind.Loopback);

    /// <summary>Reads a host that is an address, in any spelling that a resolver takes for one.</summary>
    public static bool TryReadLiteral(string host, out IPAddress address) => IPAddress.TryParse(host.AsSpan().TrimEnd('.'), out address!);

    // A cloud has the same service under a name of each region or project.
    private static bool IsMetadataName(ReadOnlySpan<char> host)
    {
        foreach (var name in MetadataNames)
        {
            if (host.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
            && (host.StartsWith("metadata.", StringComparison.OrdinalIgnoreCase)
                || host.StartsWith("instance-data.", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The IPv4 address to which a packet for an IPv6 address is, or was once, handed on.</summary>
    private static IPAddress? Carried(byte[] bytes)
    {
        ReadOnlySpan<byte> address = bytes;
        return address switch
        {
            // 6to4.
            [0x20, 0x02, ..] => new IPAddress(address[2..6]),

            // Teredo, which keeps its client's address inverted.
            [0x20, 0x01, 0, 0, ..] => new IPAddress([(byte)~address[12], (byte)~address[13], (byte)~address[14], (byte)~address[15]]),

            // NAT64, with the well-known prefix and a network's own.
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] or [0, 0x64, 0xff, 0x9b, 0, 1, ..] => new IPAddress(address[12..]),

            // IPv4-translated.
            [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, ..] => new IPAddress(address[12..]),

            // ISATAP.
            [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5e, 0xfe, ..] => new IPAddress(address[12..]),

            // IPv4-compatible; ::, ::1 and the like carry none.
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, not 0, ..] => new IPAddress(address[12..]),
            _ => null,
        };
    }

    private static AddressVerdict Stricter(AddressVerdict outer, AddressVerdict inner)
    {
        // Only this machine itself knows itself as loopback: wrapped up, it is a way around a rule.
        var kind = inner.Kind == AddressKind.Loopback ? AddressKind.Forbidden : inner.Kind;
        return kind > outer.Kind ? new AddressVerdict(kind, $"{inner.Description} in an IPv6 form") : outer;
    }

    private static AddressVerdict Find((IPNetwork Network, AddressVerdict Verdict)[] rules, IPAddress address)
    {
        foreach (var (network, verdict) in rules)
        {
            if (network.Contains(address))
            {
                return verdict;
            }
        }

        return Public;
    }

    private static (IPNetwork Network, AddressVerdict Verdict) Forbidden(string network, string words) =>
        Of(AddressKind.Forbidden, network, words);

    private static (IPNetwork Network, AddressVerdict Verdict) Private(string network, string words = "a private address") =>
        Of(AddressKind.Private, network, words);

    private static (IPNetwork Network, AddressVerdict Verdict) Of(AddressKind kind, string network, string words) =>
        (IPNetwork.Parse(network), new AddressVerdict(kind, words));
}

/// <summary>Who may be called at an address. Of two kinds that both fit, the later one counts.</summary>
internal enum AddressKind
{
    /// <summary>Anybody's: called.</summary>
    Public,

    /// <summary>Of this network, or set aside for none: called only where the operator allows it.</summary>
    Private,

    /// <summary>This machine: called only under its own name.</summary>
    Loopback,

    /// <summary>Never called.</summary>
    Forbidden,
}

/// <summary>The classification of an address.</summary>
/// <param name="Description">With an article, for messages: "a link-local address".</param>
internal readonly record struct AddressVerdict(AddressKind Kind, string Description);
