using System.Collections.Frozen;
using System.Net;

namespace Ensemble.Frontend.Callers;

/// <summary>Whether a request without a key comes from this machine's own user.</summary>
internal static class LocalTrust
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ForwardingWords = WordSet(
        "Forwarded", "Via", "Original", "Originating", "Proxy", "ProxyUser", "Rewrite", "Hops", "CDN", "CF", "Cloudfront", "Fastly", "Fly",
        "Akamai", "Envoy",
        "Amz", "Amzn", "Azure", "AppEngine", "Vercel", "Nf", "Incap", "Sucuri");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> AddressWords = WordSet(
        "IP", "IPv4", "IPv6", "Addr", "Address", "ClientIP", "RealIP", "RemoteIP", "SocketIP");

    /// <summary>
    /// Not where a proxy passed it on, which any header of a proxy shows, for a proxy is always local; nor where a web page elsewhere made
    /// a browser send it, by its own origin or under a name of its own for this address.
    /// </summary>
    public static bool Holds(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.Keys.Any(IsForwarding)
            && NamesThisMachine(context.Request);
    }

    /// <summary>Whether the request was made under a name of this machine, and by no web page from elsewhere.</summary>
    public static bool NamesThisMachine(HttpRequest request) =>
        IsLocal(request.Host.Host)
        && (request.Headers.Origin.Count == 0
            || (Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin) && IsLocal(origin.Host)));

    /// <summary>
    /// Whether a header is one that a proxy, a load balancer or a content network adds. Told by the words of its name, since each vendor
    /// has names of its own: a header that ends with an address tells of somebody else's.
    /// </summary>
    private static bool IsForwarding(string header)
    {
        var isAddress = false;
        foreach (var range in header.AsSpan().SplitAny('-', '_'))
        {
            var word = header.AsSpan(range);
            if (ForwardingWords.Contains(word))
            {
                return true;
            }

            isAddress = AddressWords.Contains(word);
        }

        return isAddress;
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> WordSet(params string[] words) =>
        words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
