using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Cluster;

/// <summary>Brings the catalog that the one node reads from a file to a cluster, over the admin doors of a frontend.</summary>
internal static class CatalogSender
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <param name="last">The alias by which it is seen that all of the catalog has arrived.</param>
    /// <returns>When every frontend serves it.</returns>
    public static async Task SendAsync(JsonObject catalog, IReadOnlyList<ChildProcess> frontends, CancellationToken cancel, string last = Names.Tokens)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var kind in (string[])["models", "keys"])
        {
            foreach (var entry in catalog[kind]!.AsArray())
            {
                using var content = new StringContent(entry!.ToJsonString(), Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri(frontends[0].Address, $"/admin/{kind}"), content, cancel);
                if (!answer.IsSuccessStatusCode)
                {
                    throw new LoadException($"The frontend does not take an entry: {await answer.Content.ReadAsStringAsync(cancel)}");
                }
            }
        }

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Names.CallerKey);
        foreach (var frontend in frontends)
        {
            await WaitAsync(http, new Uri(frontend.Address, $"/v1/models/{last}"), cancel);
        }
    }

    private static async Task WaitAsync(HttpClient http, Uri entry, CancellationToken cancel)
    {
        for (var left = KnownWithin; left > TimeSpan.Zero; left -= Poll)
        {
            using var answer = await http.GetAsync(entry, cancel);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(Poll, TimeProvider.System, cancel);
        }

        throw new LoadException($"A frontend does not know {entry.AbsolutePath} after {KnownWithin.TotalSeconds} s.");
    }
}
