using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Serving;

/// <summary>
/// What is served now, whatever it comes from: keeps the last good catalog, tells listeners of a new one, and says in the log what
/// was taken and what was not, each thing once. Its user makes one change at a time.
/// </summary>
/// <param name="source">Names the source in the log.</param>
/// <param name="newest">Names it to a reader of <see cref="Problem"/>.</param>
internal sealed partial class ServedCatalog(string source, string newest, ILogger logger)
{
    private volatile State _state = new(new CatalogSnapshot(0, [], [], []), []);
    private volatile string? _problem;
    private string? _lastRefused;
    private long _refusals;

    public event Action<CatalogSnapshot>? Changed;

    /// <summary>Empty, of revision 0, before anything is served.</summary>
    public CatalogSnapshot Current => _state.Snapshot;

    public IReadOnlyList<CatalogIssue> Warnings => _state.Warnings;

    public string? Problem => _problem;

    /// <summary>Each that is distinct from the one before it.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    public void Serve(CatalogSnapshot snapshot, IReadOnlyList<CatalogIssue> warnings)
    {
        var isNew = !warnings.SequenceEqual(Warnings);
        _state = new State(snapshot, warnings);
        _problem = _lastRefused = null;
        LogServed(logger, source, snapshot.Revision, snapshot.Models.Count, snapshot.Ensembles.Count, snapshot.Keys.Count);
        if (warnings.Count > 0 && isNew)
        {
            LogWarnings(logger, source, CatalogReport.Format([], warnings));
        }

        Raise(snapshot);
    }

    /// <summary>What is served is the newest there is.</summary>
    public void Confirm()
    {
        if (_problem is not null)
        {
            _problem = _lastRefused = null;
            LogRecovered(logger, source, Current.Revision);
        }
    }

    /// <param name="distinct">Tells one refusal from another: the same one is logged once.</param>
    /// <param name="problem">The end of a sentence, for <see cref="Problem"/>.</param>
    public void Refuse(string distinct, string problem, string report)
    {
        _problem = $"The newest {newest} is not served: {problem}";
        if (_lastRefused != distinct)
        {
            _lastRefused = distinct;
            Interlocked.Increment(ref _refusals);
            LogRefused(logger, source, Current.Revision, report);
        }
    }

    public void Refuse(string distinct, CatalogReadResult result)
    {
        var errors = result.Errors.Count == 1 ? "1 error" : $"{result.Errors.Count} errors";
        Refuse(distinct, $"{errors}, the first is {result.Errors[0]}", CatalogReport.Format(result));
    }

    private void Raise(CatalogSnapshot snapshot)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                listener(snapshot);
            }
            catch (Exception exception)
            {
                LogListenerFailed(logger, exception, snapshot.Revision);
            }
        }
    }

    private sealed record State(CatalogSnapshot Snapshot, IReadOnlyList<CatalogIssue> Warnings);
}
