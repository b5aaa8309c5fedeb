using System.Diagnostics;
using Ensemble.Catalog;
using Ensemble.Runs;
using Ensemble.Strategies;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Execution;

/// <summary>
/// The pipeline of one incarnation of a run: strategy, end, accounts. The same in one process and in a cluster; its
/// starter gives it a journal to write and keeps the journal for its readers.
/// </summary>
public sealed partial class Run : IDisposable
{
    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("run {RunId}");

    /// <summary>What a run takes besides its body, its journal and its answers, in bytes: its manifest, mostly.</summary>
    private const int Overhead = 4096;

    private static readonly RunFailure Faulted = new(RunFailureKind.InternalError, "The gateway failed to execute this run.");

    private static readonly string CancelledOutcome = SnakeCase.Of(RunFailureKind.Cancelled);

    private readonly IStrategy _strategy;
    private readonly string _strategyName;
    private readonly IReadOnlyList<string>? _members;
    private readonly RunDeadline _deadline;
    private readonly CancellationTokenSource _stop = new();
    private readonly IUsageSink _usage;
    private readonly ByteBudget _buffers;
    private readonly ILogger _logger;

    // The body is in it: dropped with the end.
    private RunContext? _context;
    private long _held;

    /// <summary>The body's bytes if they are not counted elsewhere in this process; else 0, and <see cref="_sharedBody"/> has them.</summary>
    private readonly long _ownBody;

    private SharedBytes? _sharedBody;

    /// <summary>Of the caller that created the run: it is executed on another thread, without that context.</summary>
    private readonly ActivityContext _startedBy = Activity.Current?.Context ?? default;

    private RunManifest? _finished;

    /// <param name="memory">What earlier incarnations found out; empty for the first.</param>
    /// <param name="journal">Receives the run's events, a last one in any case.</param>
    /// <exception cref="KeyNotFoundException">The alias is not in the catalog.</exception>
    public Run(RunRequest request, CatalogSnapshot catalog, RunServices services, SubCallCache memory, RunJournal journal, ILogger logger)
    {
        catalog = request.Replay?.Apply(catalog, request.Chat.Model) ?? catalog;
        RunLimits limits;
        if (catalog.Ensembles.TryGetValue(request.Chat.Model, out var ensemble))
        {
            (limits, _strategyName) = (RunLimits.Of(ensemble), SnakeCase.Of(ensemble.Strategy));
            _strategy = StrategyTable.Of(ensemble);
            _members = MemberLabels.Of(ensemble.Panel);
        }
        else if (catalog.Models.TryGetValue(request.Chat.Model, out var model) && model.Kind == ModelKind.Chat)
        {
            (limits, _strategyName) = (RunLimits.Of(model), RunManifest.Direct);
            _strategy = new DirectAnswer(model);
        }
        else
        {
            throw new KeyNotFoundException($"No alias '{request.Chat.Model}' at revision {catalog.Revision}.");
        }

        (Id, Incarnation, IsKept, Caller, Journal) = (request.Id, request.Incarnation, request.IsKept, request.Caller, journal);
        _usage = services.Usage;
        _buffers = services.Buffers;
        _logger = logger;
        Cache = memory;
        _deadline = new RunDeadline(limits.FirstOutputTimeout, limits.MaxAnswer, services.Time, _stop.Token);
        _context = new RunContext(request, catalog, services, memory, journal, _deadline, logger);
        _sharedBody = request.CountedBody?.TryShare() == true ? request.CountedBody : null;
        _ownBody = _sharedBody is null ? request.Chat.Body.Length : 0;
        Hold(_ownBody + Overhead);
    }

    public RunId Id { get; }

    public int Incarnation { get; }

    /// <summary>Whether its caller may repeat it.</summary>
    public bool IsKept { get; }

    /// <summary>The name of the caller's key; null = a caller without one.</summary>
    public string? Caller { get; }

    public RunJournal Journal { get; }

    /// <summary>What it takes of the process's budget, in bytes.</summary>
    public long Held => Interlocked.Read(ref _held) + Journal.Held;

    /// <summary>For the next incarnation; empty where the run ended with an answer.</summary>
    public SubCallCache Cache { get; private set; }

    public bool HasEnded => Volatile.Read(ref _finished) is not null;

    /// <summary>Whether it has ended without an answer: a repeat makes the next attempt.</summary>
    public bool HasFailed => Volatile.Read(ref _finished) is { Failure: not null };

    /// <summary>Whether it has ended without an answer, though its caller waited for one, and has some of its panel's.</summary>
    public bool CanResume => _finished is { Failure: not null } ended && ended.Outcome != CancelledOutcome && !Cache.IsEmpty;

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
        var context = _context!;
        using var scope = Scope(_logger, Id.Value);
        using var activity = RunTrace.StartRun(context.Request, _strategyName, _startedBy);
        context.Calls.Activity = activity;
        RunEnd end;
        try
        {
            end = await context.SeedAsync() is { } missing ? missing : await _strategy.ExecuteAsync(context);
            if (end.Failure is not null && _stop.IsCancellationRequested)
            {
                end = RunResults.Cancelled;
            }
            else if (end.Failure is { Kind: RunFailureKind.AnswerTooLarge } && Journal.IsOutOfMemory)
            {
                end = new RunFailure(RunFailureKind.Overloaded, "The memory for answers is used up: try again shortly.");
            }
        }
        catch (BudgetExceededException exception)
        {
            end = new RunFailure(RunFailureKind.BudgetExceeded, exception.Message) { IsPermanent = true };
            await _stop.CancelAsync();
        }
        catch (Exception exception)
        {
            LogFault(_logger, exception, Id.Value, context.Chat.Model);
            end = Faulted;

            // Nobody is left who would read what is still in flight.
            await _stop.CancelAsync();
        }

        // Stragglers have been cancelled, and what they used belongs into this run's accounts.
        await SettleAsync(context);
        var totals = context.Usage.Totals();
        var last = default(RunEvent?);
        try
        {
            await RecordUsageAsync(context, end, totals, activity);
            last = end.Answer is { } answer ? new RunCompleted(answer, totals) : new RunFailed(end.Failure!, totals);
        }
        catch (Exception exception)
        {
            LogFault(_logger, exception, Id.Value, context.Chat.Model);
            if (Volatile.Read(ref _context) is not null)
            {
                Free(context);
            }
        }

        // Readers wait for an end, whatever happens.
        Journal.Append(last ?? new RunFailed(Faulted, totals));
    }

    private async Task RecordUsageAsync(RunContext context, RunEnd end, UsageTotals totals, Activity? activity)
    {
        context.StoreAnswers(end);
        _finished = Manifest(context, end, totals);
        Free(context);
        _usage.Append(_finished);
        if (end.Failure is { } failure && FailedLevel(failure.Kind) is { } level)
        {
            var milliseconds = (long)_finished.Total.GetValueOrDefault().TotalMilliseconds;
            LogFailed(_logger, level, _finished.Run.Value, _finished.Ensemble, _finished.Outcome, _finished.SubCalls.Count, milliseconds);
        }

        RunTrace.End(activity, _finished);
        await _usage.FlushAsync(_finished.Run);
    }

    /// <summary>What the run has done so far, or did.</summary>
    public RunManifest Manifest()
    {
        // It is dropped after the end is known.
        var context = Volatile.Read(ref _context);
        return _finished ?? Manifest(context!, default, context!.Usage.Totals());
    }

    /// <summary>Says that what it did is not read, and not gone on with, any more: its manifest stays. Called after its end.</summary>
    public void Drop()
    {
        Cache = new SubCallCache();
        Hold(-Interlocked.Read(ref _held));
        Journal.Drop();
        ReturnBody();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _stop.Dispose();
    }

    private void Hold(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        _buffers.Take(bytes);
    }

    private void ReturnBody() => Interlocked.Exchange(ref _sharedBody, null)?.Return();

    private void Free(RunContext context)
    {
        if (!CanResume)
        {
            Cache = new SubCallCache();
        }

        Volatile.Write(ref _context, null);
        _buffers.Return(context.Calls.HeldBytes);
        Hold(Cache.Size - _ownBody);
        ReturnBody();
    }

    private async Task SettleAsync(RunContext context)
    {
        try
        {
            await context.Calls.SettleAsync();
        }
        catch (Exception exception)
        {
            LogFault(_logger, exception, Id.Value, context.Chat.Model);
        }
    }

    private RunManifest Manifest(RunContext context, RunEnd end, UsageTotals totals)
    {
        var isOver = end.Answer is not null || end.Failure is not null;
        var findings = context.Diagnostics;
        var subCalls = context.Usage.SubCalls;
        return new RunManifest
        {
            Run = context.Request.Id,
            ReplayOf = context.Request.Replay?.Of,
            Caller = context.Request.Caller,
            Incarnation = context.Request.Incarnation,
            Ensemble = context.Chat.Model,
            Strategy = _strategyName,
            CatalogRevision = context.Catalog.Revision,
            Streamed = context.Chat.Stream,
            StartedAt = context.StartedAt,
            Total = isOver ? context.Elapsed : null,
            FirstToken = context.FirstOutput,
            Outcome = end.Answer is not null ? RunManifest.Completed
                : end.Failure is { } failure ? SnakeCase.Of(failure.Kind)
                : RunManifest.Running,
            Failure = end.Failure?.Message,
            FinishReason = end.Answer?.FinishReason,
            Agreement = findings.Agreement,
            Degraded = findings.Degraded,
            Panel = findings.Panel,
            Judge = findings.Judge,
            Members = _members,
            DecidingCluster = end.Answer is null ? null : findings.DecidingCluster,
            Candidates = findings.Candidates,
            Decisions = findings.Decisions,
            Saved = findings.Saved(subCalls),
            SubCalls = subCalls,
            Usage = totals,
            HoldsContent = context.CapturesContent,
        };
    }
}
