using System.Globalization;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Traffic;

/// <summary>Asks the stub what it saw.</summary>
internal sealed class StubProbe(ChildProcess stub) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = stub.Address };

    public async Task<(long Panel, long Judge)> CountsAsync(CancellationToken cancel)
    {
        var text = await _http.GetStringAsync(new Uri("/counts", UriKind.Relative), cancel);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return (Number(text.AsSpan(0, space)), Number(text.AsSpan(space + 1)));
    }

    /// <summary>By run: when the last member had answered, and when the judge was asked.</summary>
    public async Task<IReadOnlyDictionary<int, (long PanelClosed, long JudgeAsked)>> EventsAsync(int first, int end, CancellationToken cancel)
    {
        var text = await _http.GetStringAsync(new Uri($"/events?first={first}&end={end}", UriKind.Relative), cancel);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(parts => (int)Number(parts[0]), parts => (Number(parts[1]), Number(parts[2])));
    }

    public void Dispose() => _http.Dispose();

    private static long Number(ReadOnlySpan<char> text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
