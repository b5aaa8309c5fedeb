using System.Net;
using System.Net.Sockets;

namespace Ensemble.Frontend.Hosting;

/// <summary>Where the process is told to listen, and whether that opens it to other machines.</summary>
internal static class ListenAddresses
{
    private static readonly string[] PortKeys = ["http_ports", "https_ports"];

    /// <exception cref="StartupException">Other machines reach the process, and nothing keeps them from its admin endpoints.</exception>
    public static void Check(IConfiguration configuration, FrontendOptions options)
    {
        if (options.AdminKeySha256 is null && Of(configuration).FirstOrDefault(address => !IsLocal(address)) is { } open)
        {
            throw new StartupException(
                $"Listening on '{open}' opens this server to other machines, so its admin endpoints need a key: set the option Admin:Key"
                + $" (environment variable Admin__Key) to a secret of at least {OptionsReader.MinAdminKey} characters, as 'openssl rand -base64 32'"
                + " makes one; or listen on http://127.0.0.1:8080.");
        }
    }

    /// <returns>The first address that another process listens at; null where there is none, or where only the server can tell.</returns>
    public static string? FindPortInUse(IConfiguration configuration) => Of(configuration).FirstOrDefault(IsPortInUse);

    /// <summary>As the server picks them: its own endpoints go before addresses, and these before ports.</summary>
    private static IEnumerable<string> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()
            .ToList();
        if (endpoints.Count > 0 && !(bool.TryParse(configuration["preferHostingUrls"], out var prefersUrls) && prefersUrls))
        {
            return endpoints;
        }

        var urls = Split(configuration["urls"]);
        return urls.Length > 0 ? urls : PortKeys.SelectMany(
            key => Split(configuration[key]).Select(port => $"{key[..key.IndexOf('_', StringComparison.Ordinal)]}://*:{port}"));
    }

    private static bool IsPortInUse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
            {
                return false;
            }

            foreach (var listener in Listeners(address))
            {
                using (listener)
                {
                    listener.Start();
                }
            }

            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            // No address at all: the server says so when it tries.
            return false;
        }
    }

    // As the server reads a host: every name but localhost is "all addresses".
    private static IEnumerable<TcpListener> Listeners(BindingAddress address)
    {
        if (IPAddress.TryParse(address.Host, out var ip))
        {
            yield return new TcpListener(ip, address.Port);
        }
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            yield return new TcpListener(IPAddress.Loopback, address.Port);
            yield return new TcpListener(IPAddress.IPv6Loopback, address.Port);
        }
        else
        {
            yield return TcpListener.Create(address.Port);
        }
    }

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether only this machine reaches an address.</summary>
    public static bool IsLocal(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);

            // The server takes every other name for "all addresses".
            return address.IsUnixPipe || address.IsNamedPipe
                || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            // No address at all: the server says so when it tries.
            return true;
        }
    }
}
