using System.Net;
using System.Net.Sockets;
using Ensemble.Catalog.Addresses;

namespace Ensemble.Providers.Http;

/// <summary>
/// Connects to the addresses of a host that may be called, and to no others. What was checked is what is connected to: the
/// name is not looked up a second time.
/// </summary>
internal sealed class ConnectGuard(UpstreamNetwork network)
{
    /// <summary>Checks a host as it is written. Where it is a name, its addresses are checked when it is connected to.</summary>
    /// <param name="isProxied">Whether a proxy makes the connection, and finds the addresses of the name.</param>
    /// <exception cref="AddressRefusedException">The address may not be called.</exception>
    public void Check(Uri target, bool isProxied)
    {
        var host = target.IdnHost;
        var isLiteral = AddressRule.TryReadLiteral(host, out var address);
        if (isLiteral && Refusal(host, address, IsPlain(target)) is { } refusal)
        {
            throw new AddressRefusedException(refusal);
        }

        if (!isLiteral && AddressRule.Classify(host) is { Kind: AddressKind.Forbidden } verdict)
        {
            throw new AddressRefusedException($"The host '{host}' is {verdict.Description}, which is never called. Change base_url.");
        }

        if (isProxied && !isLiteral && IsPlain(target) && !AddressRule.IsLoopbackHost(host))
        {
            throw new AddressRefusedException(
                $"The host '{host}' is called over plain http through a proxy, so that its addresses cannot be checked. Use https, or name "
                + "it in NO_PROXY.");
        }
    }

    /// <exception cref="AddressRefusedException">None of the host's addresses may be called.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = AddressRule.TryReadLiteral(host, out var literal) ? [literal] : await network.Resolve(host, cancellationToken);
        var failure = new SocketException((int)SocketError.HostNotFound);

        // A connection to a proxy is to another host than the request's.
        var isPlain = context.InitialRequestMessage.RequestUri is { } target && IsPlain(target)
            && host.Equals(target.IdnHost, StringComparison.OrdinalIgnoreCase);
        foreach (var address in Allowed(host, addresses, isPlain))
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(address, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception)
            {
                socket?.Dispose();
                if (exception is not SocketException refused)
                {
                    throw;
                }

                failure = refused;
            }
        }

        throw failure;
    }

    /// <param name="isPlain">Whether nothing proves that who answers is the host: then all of its addresses have to be where it may
    /// be.</param>
    /// <exception cref="AddressRefusedException">There are addresses, and none may be called.</exception>
    internal List<IPAddress> Allowed(string host, IPAddress[] addresses, bool isPlain = false)
    {
        var allowed = new List<IPAddress>(addresses.Length);
        string? refusal = null;
        foreach (var address in addresses)
        {
            if (Refusal(host, address, isPlain) is { } reason)
            {
                refusal ??= reason;
            }
            else
            {
                allowed.Add(address);
            }
        }

        var needsAll = isPlain && !AddressRule.IsLoopbackHost(host);
        return refusal is not null && (needsAll || allowed.Count == 0) ? throw new AddressRefusedException(refusal) : allowed;
    }

    /// <returns>Null where the address may be called.</returns>
    private string? Refusal(string host, IPAddress address, bool isPlain)
    {
        var verdict = AddressRule.Classify(address);
        var advice = verdict.Kind switch
        {
            AddressKind.Forbidden => "which is never called. Change base_url, or the name's address.",
            AddressKind.Loopback when AddressRule.IsLoopbackHost(host) => null,
            AddressKind.Loopback => "which is called only where base_url says localhost or the address itself.",

            // Plain http is allowed to this machine, and so must not leave it.
            _ when AddressRule.IsLoopbackHost(host) => "which is not this machine. Correct the address of the name.",
            AddressKind.Private when !IsListed(address) => "which is called only where the option Security:AllowedNetworks has its network.",
            _ when isPlain && !IsListed(address) =>
                "which is called over plain http only where the option Security:AllowedNetworks has its network. Use https, or add the "
                + "network.",
            _ => null,
        };
        return advice is null ? null : $"{Describe(host, address)} {verdict.Description}, {advice}";
    }

    private static bool IsPlain(Uri target) => target.Scheme == Uri.UriSchemeHttp;

    private bool IsListed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return network.AllowedNetworks.Any(allowed => allowed.Contains(plain));
    }

    private static string Describe(string host, IPAddress address) =>
        AddressRule.TryReadLiteral(host, out _) ? $"The address {address} is" : $"The host '{host}' is at {address},";
}
