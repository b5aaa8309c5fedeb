using System.Globalization;

namespace Ensemble.Load.Soak;

/// <summary>Reads single figures of a gateway's <c>/metrics</c>.</summary>
internal sealed class MetricsProbe(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(5),
    };

    /// <returns>Sums over all labels, by name; empty where the gateway does not answer.</returns>
    public async Task<IReadOnlyDictionary<string, double>> ReadAsync(CancellationToken cancel)
    {
        try
        {
            return Parse(await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancel));
        }
        catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return new Dictionary<string, double>();
        }
    }

    /// <param name="text">In Prometheus' text format.</param>
    public static IReadOnlyDictionary<string, double> Parse(string text)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var nameEnd = line.IndexOfAny('{', ' ');
            if (nameEnd <= 0 || line[0] == '#')
            {
                continue;
            }

            var rest = line[(line[nameEnd] == '{' ? line.LastIndexOf('}') + 1 : nameEnd)..].Trim();
            var value = rest.IndexOf(' ') is var valueEnd && valueEnd < 0 ? rest : rest[..valueEnd];
            if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                var name = line[..nameEnd].ToString();
                figures[name] = figures.GetValueOrDefault(name) + number;
            }
        }

        return figures;
    }

    public void Dispose() => _http.Dispose();
}
