using System.Net;

namespace Ensemble.Frontend.Options;

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
                + $" (environment variable Admin__Key) to a secret of at least {FrontendOptions.MinAdminKey} characters, as "
                + "'openssl rand -base64 32'"
                + " makes one; or listen on http://127.0.0.1:8080.");
        }
    }

    /// <returns>A sentence for each of <c>urls</c> that is no address.</returns>
    public static IEnumerable<string> Problems(IConfiguration configuration) =>
        from url in Split(configuration["urls"])
        where !IsAddress(url, "http", "https")
        select $"option urls: '{url}' is not an address to listen on. Give http://HOST:PORT, with a port from 0 to 65535.";

    // What is no number would be part of the host's name, and the server listens on every interface for a name.
    public static bool IsAddress(string url, params string[] schemes)
    {
        var host = url.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal);
        return Uri.TryCreate(host, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme, StringComparer.Ordinal);
    }

    /// <summary>As the server picks them: its own endpoints go before addresses, and these before ports.</summary>
    public static IEnumerable<string> Of(IConfiguration configuration)
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
