using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ensemble.Silo.Hosting;

/// <summary>What a person is told who starts the gateway at a terminal: where the dashboard is, and a command that asks.</summary>
internal static class StartupBanner
{
    /// <summary>Writes nothing where programs read the output, and of a silo, which has no dashboard.</summary>
    public static void Write(WebApplication app, TextWriter output)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (app.Services.GetRequiredService<NodeOptions>().Role is not NodeRole.Silo
            && LoggingDefaults.IsSimple(app.Configuration)
            && !app.Services.GetRequiredService<FrontendOptions>().LogsUsage
            && Text([.. addresses], app.Services.GetRequiredService<ICatalog>().Current) is { } text)
        {
            output.WriteLine(text);
        }
    }

    /// <param name="addresses">Where the server listens.</param>
    /// <returns>Null where there is no address that a browser could be given.</returns>
    public static string? Text(IReadOnlyList<string> addresses, CatalogSnapshot catalog)
    {
        if (addresses.Select(Reachable).FirstOrDefault(static address => address is not null) is not { } root)
        {
            return null;
        }

        var dashboard = $"\nDashboard  {root}dashboard/\n";
        var models = catalog.Models.Values.Where(static model => model.Kind == ModelKind.Chat).Select(static model => model.DisplayName);
        if ((First(catalog.Ensembles.Keys) ?? First(models)) is not { } alias)
        {
            return dashboard;
        }

        var key = catalog.Keys.Count > 0 ? " -H 'Authorization: Bearer YOUR_KEY'" : "";
        var body = $$"""{"model": "{{alias}}", "messages": [{"role": "user", "content": "What is 17 * 23?"}]}""";
        return $"{dashboard}Ask        curl {root}v1/chat/completions{key} -d '{body}'\n";
    }

    private static string? First(IEnumerable<string> aliases) => aliases.Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>An address that this machine can call: one that means all interfaces becomes the loopback's.</summary>
    private static Uri? Reachable(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.HostNameType == UriHostNameType.Unknown || uri.Host == "unix")
        {
            return null;
        }

        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri
            : uri;
    }
}
