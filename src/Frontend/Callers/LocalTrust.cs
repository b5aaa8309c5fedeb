using System.Net;

namespace Ensemble.Frontend.Callers;

/// <summary>Whether a request without a key comes from this machine's own user.</summary>
internal static class LocalTrust
{
    /// <summary>
    /// Not where a proxy passed it on, for a proxy is always local; nor where a web page elsewhere made a browser send it, by
    /// its own origin or under a name of its own for this address.
    /// </summary>
    public static bool Holds(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.Keys.Any(IsForwarding)
            && IsLocal(context.Request.Host.Host)
            && (headers.Origin.Count == 0 || (Uri.TryCreate(headers.Origin, UriKind.Absolute, out var origin) && IsLocal(origin.Host)));
    }

    private static bool IsForwarding(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
