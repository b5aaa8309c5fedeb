using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

/// <summary>
/// The gates as one process asks them. Calls that nothing limits are let through here, by a pass of the gate's authority, and reported
/// in batches; all others are asked for one by one. Releases are told to the authority without waiting for it.
/// </summary>
public sealed partial class GateAgent : IGate, IGateClient, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private static readonly int TicksToRenewal = (int)(GateLease.RenewalInterval / Tick);

    private readonly ConcurrentDictionary<GateKey, Entry> _entries = new();

    /// <summary>Leases that were asked for one by one.</summary>
    private readonly ConcurrentDictionary<Guid, GateLease> _asked = new();

    private readonly Guid _id = Guid.NewGuid();
    private readonly IGateAuthority _authority;
    private readonly ICatalog _catalog;
    private readonly GateClock _clock;
    private readonly GateInstruments _instruments;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _ticks;
    private int _renewing;

    public GateAgent(IGateAuthority authority, ICatalog catalog, TimeProvider time, GateInstruments instruments, ILogger<GateAgent> logger)
    {
        _authority = authority;
        _catalog = catalog;
        _clock = new GateClock(time);
        _instruments = instruments;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((GateAgent)state!).OnTick(), this, Tick, Tick);
    }

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var entry = Find(request.Gate);
        var admission = TryAdmit(entry, request) ?? await AcquireFromAuthorityAsync(entry, request, cancellationToken);
        _instruments.OnAnswered(request.Gate, admission);
        return admission;
    }

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        var entry = Find(lease.Gate);
        bool isOfPass, isUrgent;
        lock (entry)
        {
            isOfPass = entry.Held.TryEnd(lease, release, _clock.Now);
            isUrgent = entry.Held.HasFailed || entry.Held.IsAwaited;
        }

        if (isOfPass)
        {
            _instruments.OnReleased(lease.Gate);
            if (isUrgent)
            {
                _ = ReportSafelyAsync(entry);
            }
        }
        else if (_asked.TryRemove(lease.Id, out _))
        {
            _instruments.OnReleased(lease.Gate);
            entry.Releasing(ReleaseAskedAsync(lease, release));
        }

        return default;
    }

    public async ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken)
    {
        var entry = Find(gate);
        if (!IsPerCall(entry))
        {
            // Of limits only an allowance tells that there is none in the way.
            if (Terms(entry) is null && !entry.Held.Limits.HasRate)
            {
                await TryReportAsync(entry, cancellationToken);
            }

            lock (entry)
            {
                var now = _clock.Now;
                switch (entry.Held.Terms(now))
                {
                    case GateTerms.Free or GateTerms.Allowance:
                        return null;
                    case GateTerms.Refused:
                        return entry.Held.Refusal(now);
                }
            }
        }

        return await _authority.RefusalAsync(gate, tokens, cancellationToken);
    }

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) =>
        _authority.StatusAsync(gate, cancellationToken);

    Task<GateReport?> IGateClient.ReportAsync(GateKey gate, long? revokes)
    {
        if (!_entries.TryGetValue(gate, out var entry))
        {
            return Task.FromResult<GateReport?>(null);
        }

        lock (entry)
        {
            if (revokes is { } number)
            {
                entry.Held.Revoke(number);
            }

            return Task.FromResult<GateReport?>(entry.Held.Report(_clock.Now, reportsAll: revokes is null));
        }
    }

    /// <summary>Tells the gates what they have not been told yet, and waits for what is under way.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var due = _entries.Values.Where(static entry => entry.IsBusy).Select(ReportSafelyAsync);
        await Task.WhenAll(due).WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private Entry Find(GateKey gate)
    {
        if (!_entries.TryGetValue(gate, out var entry))
        {
            // Never emptied: there are as many gates as the catalogs of this process's life have had names.
            entry = _entries.GetOrAdd(gate, static (key, id) => new Entry(new LocalGate(key, id)), _id);
        }

        var catalog = _catalog.Current;
        if (!ReferenceEquals(entry.Catalog, catalog))
        {
            lock (entry)
            {
                entry.Held.Configure(GateLimits.Of(catalog, gate) ?? entry.Held.Limits);
                entry.Catalog = catalog;
            }
        }

        return entry;
    }

    /// <summary>Limits of ensembles and keys are told to callers with each answer: they are counted call by call.</summary>
    private static bool IsPerCall(Entry entry) => entry.Held.Key.Kind != GateKind.Model && entry.Held.Limits.HasRate;

    private GateAdmission? TryAdmit(Entry entry, GateRequest request)
    {
        if (IsPerCall(entry))
        {
            return null;
        }

        lock (entry)
        {
            var now = _clock.Now;
            return entry.Held.TryBegin(request, now) is { } lease ? new GateAdmission(lease, null, default)
                : entry.Held.Terms(now) == GateTerms.Refused ? new GateAdmission(null, entry.Held.Refusal(now), default)
                : null;
        }
    }

    private async ValueTask<GateAdmission> AcquireFromAuthorityAsync(Entry entry, GateRequest request, CancellationToken cancellationToken)
    {
        if (!IsPerCall(entry))
        {
            for (var round = 0; round < 2 && MayGrant(entry, request.Tokens, isLast: false); round++)
            {
                await TryReportAsync(entry, cancellationToken);
                if (TryAdmit(entry, request) is { } admission)
                {
                    return admission;
                }
            }

            // Also where failures come as fast as answers, so that no pass lives until it is used.
            MayGrant(entry, request.Tokens, isLast: true);
        }

        var releasing = entry.LastRelease;
        var answer = await _authority.AcquireAsync(request, cancellationToken);
        if (answer.Refusal is not null && !releasing.IsCompleted)
        {
            await releasing.WaitAsync(cancellationToken);
            answer = await _authority.AcquireAsync(request, cancellationToken);
        }

        if (answer.Lease is { } lease)
        {
            _asked[lease.Id] = lease;
        }

        return answer;
    }

    /// <summary>Whether a report may bring what lets a call through, which is said to wait for it then.</summary>
    private bool MayGrant(Entry entry, long tokens, bool isLast)
    {
        lock (entry)
        {
            var now = _clock.Now;
            var terms = entry.Held.Terms(now);
            if (isLast || terms == GateTerms.PerCall || (terms == GateTerms.Allowance && entry.Held.IsStarved(now)))
            {
                if (isLast)
                {
                    entry.Held.OnAdmitted(tokens);
                    if (terms == GateTerms.Allowance)
                    {
                        entry.Held.OnStarved(now);
                    }
                }

                return false;
            }

            entry.Held.AddWaiting(tokens);
            return true;
        }
    }

    private async ValueTask TryReportAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            await ReportAsync(entry).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (ClusterUnavailableException or OperationCanceledException))
        {
            // A keeper of an earlier version grants nothing.
            LogNotReported(_logger, exception, entry.Held.Key.ToString());
        }
    }

    private GateTerms? Terms(Entry entry)
    {
        lock (entry)
        {
            return entry.Held.Terms(_clock.Now);
        }
    }

    /// <summary>Reports, and takes what is granted. Who comes while a report is under way waits for that one.</summary>
    private Task ReportAsync(Entry entry)
    {
        lock (entry)
        {
            return entry.Reporting is { IsCompleted: false } reporting ? reporting : entry.Reporting = ReportNowAsync(entry);
        }
    }

    private async Task ReportNowAsync(Entry entry)
    {
        await Task.Yield();
        bool isToGoOn;
        do
        {
            GateReport report;
            long sentAt;
            lock (entry)
            {
                // It has arrived only when it is answered, and what is granted counts from when it was sent first.
                (report, sentAt) = entry.Unsent ??= (entry.Held.Report(_clock.Now), _clock.Now);
            }

            var grant = await _authority.ReportAsync(entry.Held.Key, report, this, CancellationToken.None);
            lock (entry)
            {
                entry.Unsent = null;
                entry.Held.Take(grant, sentAt, _clock.Now);
                isToGoOn = entry.Held.HasFailed || entry.Held.IsAwaited;
            }
        }
        while (isToGoOn);
    }

    private async Task ReportSafelyAsync(Entry entry)
    {
        try
        {
            await ReportAsync(entry);
        }
        catch (Exception exception)
        {
            LogNotReported(_logger, exception, entry.Held.Key.ToString());
        }
    }

    private async Task ReleaseAskedAsync(GateLease lease, GateRelease release)
    {
        try
        {
            await _authority.ReleaseAsync(lease, release);
        }
        catch (Exception exception)
        {
            // The lease expires there by itself.
            LogNotReleased(_logger, exception, lease.Gate.ToString());
        }
    }

    private void OnTick()
    {
        var now = _clock.Now;
        foreach (var entry in _entries.Values)
        {
            if (entry.IsDue(now))
            {
                _ = ReportSafelyAsync(entry);
            }
        }

        if (++_ticks % TicksToRenewal == 0 && !_asked.IsEmpty)
        {
            _ = RenewAllAsync();
        }
    }

    private async Task RenewAllAsync()
    {
        // A gate that takes longer than the interval is not asked twice at once.
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_asked.Values.GroupBy(lease => lease.Gate).Select(group => RenewAsync(group.Key, [.. group])));
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private async Task RenewAsync(GateKey gate, GateLease[] leases)
    {
        try
        {
            await _authority.RenewAsync(gate, leases, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // There are two more tries before they expire.
            LogNotRenewed(_logger, exception, leases.Length, gate.ToString());
        }
    }

    [LoggerMessage(
        EventId = EventIds.LeasesNotRenewed, EventName = nameof(EventIds.LeasesNotRenewed), Level = LogLevel.Warning,
        Message = "{Count} leases of the gate {Gate} could not be renewed; two more tries are made before they expire. Check that silos "
            + "answer.")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, int count, string gate);

    [LoggerMessage(
        EventId = EventIds.CallsNotReported, EventName = nameof(EventIds.CallsNotReported), Level = LogLevel.Warning,
        Message = "The gate {Gate} was not told which calls were made; the next report tells it. Check that silos answer.")]
    private static partial void LogNotReported(ILogger logger, Exception exception, string gate);

    [LoggerMessage(
        EventId = EventIds.LeaseNotReturned, EventName = nameof(EventIds.LeaseNotReturned), Level = LogLevel.Warning,
        Message = "A lease of the gate {Gate} could not be returned; it expires by itself. Check that silos answer.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception, string gate);

    /// <summary>A gate with what of it is on the wire. It is its own lock.</summary>
    private sealed class Entry(LocalGate held)
    {
        private volatile Task _lastRelease = Task.CompletedTask;

        public LocalGate Held { get; } = held;

        public CatalogSnapshot? Catalog { get; set; }

        public Task? Reporting { get; set; }

        /// <summary>A report that has not been answered: it is sent again before another one.</summary>
        public (GateReport Report, long At)? Unsent { get; set; }

        /// <summary>Completes when all releases before it have arrived; never fails.</summary>
        public Task LastRelease => _lastRelease;

        public void Releasing(Task release)
        {
            if (!release.IsCompleted)
            {
                _lastRelease = _lastRelease is { IsCompleted: false } before ? Task.WhenAll(before, release) : release;
            }
        }

        public bool IsDue(long now)
        {
            lock (this)
            {
                return Reporting is not { IsCompleted: false } && (Unsent is not null || Held.HasFailed || Held.IsDue(now));
            }
        }

        /// <summary>Whether there is something to report, or a report is under way.</summary>
        public bool IsBusy
        {
            get
            {
                lock (this)
                {
                    return Reporting is { IsCompleted: false } || Unsent is not null || Held.HasUnreported;
                }
            }
        }
    }
}
