using System.Diagnostics;
using Ensemble.Catalog;
using Ensemble.Strategies;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// The pipeline of one incarnation of a run: strategy, end, accounts. The same in one process and in a cluster; whoever
/// starts it gives it a journal to write and keeps the journal for its readers.
/// </summary>
public sealed partial class Run : IDisposable
{
    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("run {RunId}");

    private readonly RunContext _context;
    private readonly IStrategy _strategy;
    private readonly string _strategyName;
    private readonly RunDeadline _deadline;
    private readonly CancellationTokenSource _stop = new();
    private readonly IUsageSink _usage;
    private readonly ILogger _logger;

    /// <summary>Of whoever put the run together: it is executed on a thread that knows nothing of that.</summary>
    private readonly ActivityContext _startedBy = Activity.Current?.Context ?? default;

    private RunManifest? _finished;

    /// <param name="memory">What earlier incarnations found out; empty for the first.</param>
    /// <param name="journal">Receives the run's events, a last one in any case.</param>
    /// <exception cref="KeyNotFoundException">The alias is not in the catalog.</exception>
    public Run(RunRequest request, CatalogSnapshot catalog, RunServices services, RunMemory memory, RunJournal journal, ILogger logger)
    {
        catalog = request.Replay?.Apply(catalog, request.Chat.Model) ?? catalog;
        RunLimits limits;
        if (catalog.Ensembles.TryGetValue(request.Chat.Model, out var ensemble))
        {
            (limits, _strategyName) = (RunLimits.Of(ensemble), SnakeCase.Of(ensemble.Strategy));
            _strategy = StrategyTable.Of(ensemble);
        }
        else if (catalog.Models.TryGetValue(request.Chat.Model, out var model) && model.Kind == ModelKind.Chat)
        {
            (limits, _strategyName) = (RunLimits.Of(model), "direct");
            _strategy = new DirectAnswer(model);
        }
        else
        {
            throw new KeyNotFoundException($"No alias '{request.Chat.Model}' at revision {catalog.Revision}.");
        }

        _usage = services.Usage;
        _logger = logger;
        Memory = memory;
        _deadline = new RunDeadline(limits.UntilShown, limits.MaxAnswer, services.Time, _stop.Token);
        _context = new RunContext(request, catalog, services, memory, journal, _deadline, logger);
    }

    public RunJournal Journal => _context.Journal;

    public RunRequest Request => _context.Request;

    /// <summary>For the next incarnation.</summary>
    public RunMemory Memory { get; }

    public bool HasEnded => Volatile.Read(ref _finished) is not null;

    /// <summary>Whether it has ended without an answer, and has some of its panel's.</summary>
    public bool IsWorthResuming => _finished is { Failure: not null } && !Memory.IsEmpty;

    /// <summary>Stops the run: its upstream calls are cancelled, their usage is still accounted for.</summary>
    public void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended just now by itself.
        }
    }

    /// <summary>Runs to the end. Never throws: a fault of ours is a failed run, and a log entry.</summary>
    public async Task ExecuteAsync()
    {
        using var scope = Scope(_logger, _context.Request.Id.Value);
        using var activity = RunTrace.StartRun(_context.Request, _strategyName, _startedBy);
        _context.Calls.Activity = activity;
        RunEnd end;
        try
        {
            end = await _context.SeedAsync() is { } missing ? missing : await _strategy.ExecuteAsync(_context);
            if (end.Failure is not null && _stop.IsCancellationRequested)
            {
                end = new RunFailure(RunFailureKind.Cancelled, "The run was cancelled.");
            }
        }
        catch (BudgetExceededException exception)
        {
            end = new RunFailure(RunFailureKind.BudgetExceeded, exception.Message) { IsLasting = true };
            await _stop.CancelAsync();
        }
        catch (Exception exception)
        {
            LogFault(_logger, exception, _context.Request.Id.Value, _context.Chat.Model);
            end = new RunFailure(RunFailureKind.Internal, "The gateway failed to execute this run.");

            // Nobody is left who would read what is still in flight.
            await _stop.CancelAsync();
        }

        // Stragglers have been cancelled, and what they used belongs into this run's accounts.
        await SettleAsync();
        _context.KeepPanel();
        var totals = _context.Accounts.Totals();
        _finished = Manifest(end, totals);
        _usage.Append(_finished);
        if (end.Failure is { } failure && FailedLevel(failure.Kind) is { } level)
        {
            var milliseconds = (long)_finished.Total.GetValueOrDefault().TotalMilliseconds;
            LogFailed(_logger, level, _finished.Run.Value, _finished.Ensemble, _finished.Outcome, _finished.SubCalls.Count, milliseconds);
        }

        RunTrace.End(activity, _finished);
        await _usage.FlushAsync(_finished.Run);
        Journal.Append(end.Answer is { } answer ? new RunCompleted(answer, totals) : new RunFailed(end.Failure!, totals));
    }

    /// <summary>What the run has done so far, or did.</summary>
    public RunManifest Manifest() => _finished ?? Manifest(default, _context.Accounts.Totals());

    public void Dispose()
    {
        _deadline.Dispose();
        _stop.Dispose();
    }

    private async Task SettleAsync()
    {
        try
        {
            await _context.Calls.SettleAsync();
        }
        catch (Exception exception)
        {
            LogFault(_logger, exception, _context.Request.Id.Value, _context.Chat.Model);
        }
    }

    private RunManifest Manifest(RunEnd end, UsageTotals totals)
    {
        var isOver = end.Answer is not null || end.Failure is not null;
        var findings = _context.Findings;
        var subCalls = _context.Accounts.SubCalls;
        return new RunManifest
        {
            Run = _context.Request.Id,
            ReplayOf = _context.Request.Replay?.Of,
            Caller = _context.Request.Caller,
            Incarnation = _context.Request.Incarnation,
            Ensemble = _context.Chat.Model,
            Strategy = _strategyName,
            CatalogRevision = _context.Catalog.Revision,
            Streamed = _context.Chat.Stream,
            StartedAt = _context.StartedAt,
            Total = isOver ? _context.Elapsed : null,
            FirstToken = _context.FirstShown,
            Outcome = end.Answer is not null ? RunManifest.Completed : end.Failure is { } failure ? SnakeCase.Of(failure.Kind) : RunManifest.Running,
            Failure = end.Failure?.Message,
            FinishReason = end.Answer?.FinishReason,
            Agreement = findings.Agreement,
            Degraded = findings.Degraded,
            Panel = findings.Panel,
            Judge = findings.Judge,
            Candidates = findings.Candidates,
            Decisions = findings.Decisions,
            Saved = findings.Saved(subCalls),
            SubCalls = subCalls,
            Usage = totals,
            HoldsContent = _context.CapturesContent,
        };
    }
}
