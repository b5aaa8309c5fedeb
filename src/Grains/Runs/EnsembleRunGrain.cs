using System.Runtime.CompilerServices;
using Ensemble.Grains.Answers;
using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>
/// A run's identity and lifetime. Kept alive, since work beside the grain does not count as its activity; it ends itself when the replay window
/// is over.
/// </summary>
[KeepAlive]
[SkipDraining]
[Orleans.Placement.PreferLocalPlacement]
internal sealed class EnsembleRunGrain(SiloRuns runs, AnswerPublisher answers) : Grain, IEnsembleRunGrain
{
    /// <summary>How long a run goes on, and waits to be read, though nobody says that the answer is wanted.</summary>
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long a run that has ended can still be read.</summary>
    public static readonly TimeSpan ReplayWindow = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long an answer stays that was read to its end and cannot be repeated: as long as a frontend may ask for its last part again.
    /// </summary>
    private static readonly TimeSpan ReadKept = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private HeldRun? _held;
    private int _incarnation;
    private long _renewed;
    private long? _ended;

    public async Task<RunStart> StartAsync(RunRequest request, string? answersTo)
    {
        if (request.Incarnation <= _incarnation)
        {
            return RunStart.Started;
        }

        var (held, start) = await runs.StartAsync(request, _held?.Run.Memory);
        if (held is null)
        {
            // A silo that stops is left: the next who asks for this incarnation finds another.
            if (_held is null || start == RunStart.Draining)
            {
                DeactivateOnIdle();
            }

            return start;
        }

        if (_held is null)
        {
            this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions { DueTime = LookInterval, Period = LookInterval, KeepAlive = true });
        }

        // An older incarnation is void; what it still does costs money and helps nobody.
        if (_held is { } older)
        {
            older.Cancel();
            _ = older.DropAsync();
        }

        (_held, _incarnation, _ended) = (held, request.Incarnation, null);
        _renewed = runs.Time.GetTimestamp();
        if (answersTo is not null)
        {
            // Ends with the run; its grain neither waits for it nor is kept busy by it.
            _ = Task.Run(() => answers.PublishAsync(held.Run.Journal, request.Id, request.Incarnation, answersTo));
        }

        return start;
    }

    public async IAsyncEnumerable<RunEventMessage> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Found() is not { } held || held.Run.Journal.First > after + 1)
        {
            yield break;
        }

        var isWhole = false;
        try
        {
            await foreach (var runEvent in held.Run.Journal.ReadAsync(after, cancellationToken))
            {
                isWhole = runEvent is RunCompleted or RunFailed;
                yield return RunEventMessage.From(runEvent);
            }
        }
        finally
        {
            // Whoever has the last event asks for no more.
            if (isWhole)
            {
                held.LetGo();
            }
        }
    }

    public Task<long?> RenewAsync()
    {
        _renewed = runs.Time.GetTimestamp();
        return Task.FromResult(Found()?.Run.Journal.Last);
    }

    public Task ReleaseAsync()
    {
        Found()?.LetGo();
        return Task.CompletedTask;
    }

    public Task CancelAsync()
    {
        Found()?.Cancel();
        return Task.CompletedTask;
    }

    public Task<byte[]?> FindManifestAsync() => Task.FromResult(Found() is { } held ? RunManifestJson.Write(held.Run.Manifest()) : null);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_held is { } held)
        {
            held.Cancel();
            _ = held.DropAsync();
            await held.Execution.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    // A name that somebody made up, or of a run that another silo had, leaves nothing behind here.
    private HeldRun? Found()
    {
        if (_held is null)
        {
            DeactivateOnIdle();
        }

        return _held;
    }

    private Task LookAsync()
    {
        var held = _held!;
        var isKept = held.Run.IsKept;
        var isWanted = runs.Time.GetElapsedTime(_renewed) <= LeaseLifetime;
        if (!held.Execution.IsCompleted)
        {
            if (!isWanted && !isKept)
            {
                held.Cancel();
            }

            return Task.CompletedTask;
        }

        _ended ??= runs.Time.GetTimestamp();
        if (!isKept && held.IsLetGo && !held.Run.IsWorthResuming && runs.Time.GetElapsedTime(_ended.Value) >= ReadKept)
        {
            held.Run.Drop();
        }

        if (!isWanted)
        {
            held.LetGo();
            if (runs.Time.GetElapsedTime(_ended.Value) > (isKept ? RepeatedRequests.AnswerKept : ReplayWindow))
            {
                DeactivateOnIdle();
            }
        }

        return Task.CompletedTask;
    }
}
