using System.Collections.Immutable;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Failures;

/// <summary>The frontends in turn, as a load balancer would take them: one whose /readyz is not 200 at this moment gets no request.</summary>
internal sealed class FrontendRotation : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };
    private ImmutableArray<ChildProcess> _frontends = [];
    private int _turn;

    public void Add(ChildProcess frontend) => ImmutableInterlocked.Update(ref _frontends, static (all, added) => all.Add(added), frontend);

    public void Remove(ChildProcess frontend) => ImmutableInterlocked.Update(ref _frontends, static (all, gone) => all.Remove(gone), frontend);

    /// <returns>Null where none is ready.</returns>
    public async Task<ChildProcess?> NextAsync(CancellationToken cancel)
    {
        var frontends = _frontends;
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < frontends.Length; i++)
        {
            var frontend = frontends[(int)((first + i) % (uint)frontends.Length)];
            if (await IsReadyAsync(frontend, cancel))
            {
                return frontend;
            }
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> IsReadyAsync(ChildProcess frontend, CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(frontend.Address, Names.ReadyPath), cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
