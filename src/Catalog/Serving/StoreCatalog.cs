using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Serving;

/// <summary>
/// Serves what a store holds, and follows it: by its announcements, and by comparing the revision from time to time. A stored catalog
/// that is not valid, or a store that is out of reach, leaves the last good catalog in place.
/// </summary>
public sealed partial class StoreCatalog : ICatalog, IAsyncDisposable
{
    private const string Unreachable = "unreachable";

    private readonly ICatalogStore _store;
    private readonly SecretResolver _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreCatalogOptions _options;
    private readonly ServedCatalog _served;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;
    private Task _watching = Task.CompletedTask;
    private long _checkedRevision = -1;

    public StoreCatalog(
        ICatalogStore store, SecretResolver secrets, TimeProvider time, ILogger<StoreCatalog> logger, StoreCatalogOptions? options = null)
    {
        _store = store;
        _secrets = secrets;
        _time = time;
        _logger = logger;
        _options = options ?? StoreCatalogOptions.Default;
        _served = new ServedCatalog("in the store", "stored catalog", logger);
    }

    public event Action<CatalogSnapshot> Changed
    {
        add => _served.Changed += value;
        remove => _served.Changed -= value;
    }

    /// <summary>Empty, of revision 0, before <see cref="StartAsync"/>.</summary>
    public CatalogSnapshot Current => _served.Current;

    /// <summary>Warnings about <see cref="Current"/>.</summary>
    public IReadOnlyList<CatalogIssue> Warnings => _served.Warnings;

    public string? Problem => _served.Problem;

    public long Refusals => _served.Refusals;

    /// <summary>Reads the store, and follows it from then on. A new store is filled with the built-in simulated panel first.</summary>
    /// <exception cref="CatalogException">The store cannot be read, or holds no valid catalog; the message says all that is
    /// wrong.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var document = await LoadAsync(cancellationToken);
        var result = StoredCatalog.Read(document, _secrets);
        _served.Serve(result.Snapshot ?? throw new CatalogException("What is stored", result.Errors, result.Warnings), result.Warnings);
        _checkedRevision = document.Revision;
        _timer = _time.CreateTimer(
            static state => _ = ((StoreCatalog)state!).PollAsync(), this, _options.PollInterval, _options.PollInterval);
        _watching = WatchAsync(_stop.Token);
    }

    /// <summary>Looks at the store now. Nothing is thrown where it is out of reach: <see cref="Problem"/> says so.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await CheckAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await _watching;
        await _reading.WaitAsync(CancellationToken.None);
        _reading.Dispose();
    }

    private async Task<CatalogDocument> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var document = await _store.ReadAsync(cancellationToken);
            if (document.Revision > 0)
            {
                return document;
            }

            // Where another process was faster, what it wrote is read.
            var seed = CatalogEntries.Split(BuiltInCatalog.ReadJson(), version: 1);
            await _store.WriteAsync([.. seed.Select(entry => new CatalogChange(entry.Kind, entry.Name, entry.Json))], 0, cancellationToken);
            return await _store.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CatalogException($"The catalog's store cannot be read: {exception.Message}", exception);
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var revision = await _store.ReadRevisionAsync(cancellationToken);
            if (revision == Current.Revision)
            {
                _served.Confirm();
            }
            else if (revision != _checkedRevision || Problem is null)
            {
                Take(await _store.ReadAsync(cancellationToken));
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Read again as soon as it is back, also where its revision was seen before.
            _checkedRevision = -1;
            _served.Refuse(Unreachable, "its store cannot be read", $"The store cannot be read: {exception.Message}");
        }
    }

    private void Take(CatalogDocument document)
    {
        var result = StoredCatalog.Read(document, _secrets);
        _checkedRevision = document.Revision;
        if (result.Snapshot is { } snapshot)
        {
            _served.Serve(snapshot, result.Warnings);
        }
        else
        {
            _served.Refuse($"revision {document.Revision}", result);
        }
    }

    /// <summary>A look that takes longer than the interval is not followed by a queue of others.</summary>
    private async Task PollAsync()
    {
        if (_stop.IsCancellationRequested || !await _reading.WaitAsync(TimeSpan.Zero, CancellationToken.None))
        {
            return;
        }

        try
        {
            await CheckAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await foreach (var _ in _store.WatchAsync(stop))
                {
                    await RefreshAsync(stop);
                }

                await Task.Delay(_options.PollInterval, _time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogWatchFailed(_logger, exception);
                await Task.Delay(_options.PollInterval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(
        EventId = EventIds.CatalogUnwatched, EventName = nameof(EventIds.CatalogUnwatched), Level = LogLevel.Debug,
        Message = "The store announces no changes of the catalog now; its revision is still compared.")]
    private static partial void LogWatchFailed(ILogger logger, Exception exception);
}

public sealed record StoreCatalogOptions
{
    /// <summary>Time between two looks at the store's revision, for what its announcements missed. Default 2 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    public static readonly StoreCatalogOptions Default = new();
}
