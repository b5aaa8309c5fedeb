using System.Runtime.CompilerServices;
using Ensemble.Grains.Answers;
using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>
/// A run's identity and lifetime. Kept alive, since work beside the grain does not count as its activity; it ends itself when the replay window
/// is over.
/// </summary>
[KeepAlive]
[Orleans.Placement.PreferLocalPlacement]
internal sealed class EnsembleRunGrain(SiloRuns runs, AnswerPublisher answers) : Grain, IEnsembleRunGrain
{
    /// <summary>How long a run goes on though nobody says that the answer is wanted.</summary>
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long a run that has ended can still be read.</summary>
    public static readonly TimeSpan ReplayWindow = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private Run? _run;
    private Task _execution = Task.CompletedTask;
    private int _incarnation;
    private long _renewed;
    private long? _ended;

    public async Task<RunStart> StartAsync(RunRequest request, string? answersTo)
    {
        if (request.Incarnation <= _incarnation)
        {
            return RunStart.Started;
        }

        var (run, execution, start) = await runs.StartAsync(request);
        if (run is null)
        {
            if (_run is null)
            {
                DeactivateOnIdle();
            }

            return start;
        }

        // An older incarnation is void; what it still does costs money and helps nobody.
        _run?.Cancel();
        if (_run is null)
        {
            this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions { DueTime = LookInterval, Period = LookInterval, KeepAlive = true });
        }

        (_run, _execution, _incarnation, _ended) = (run, execution, request.Incarnation, null);
        _renewed = runs.Time.GetTimestamp();
        if (answersTo is not null)
        {
            // Ends with the run; its grain neither waits for it nor is kept busy by it.
            _ = Task.Run(() => answers.PublishAsync(run.Journal, request.Id, request.Incarnation, answersTo));
        }

        return RunStart.Started;
    }

    public async IAsyncEnumerable<RunEventMessage> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_run is not { } run)
        {
            DeactivateOnIdle();
            yield break;
        }

        await foreach (var runEvent in run.Journal.ReadAsync(after, cancellationToken))
        {
            yield return RunEventMessage.From(runEvent);
        }
    }

    public Task<long?> FindLastAsync()
    {
        if (_run is null)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(_run?.Journal.Last);
    }

    public Task RenewAsync()
    {
        _renewed = runs.Time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task CancelAsync()
    {
        _run?.Cancel();
        return Task.CompletedTask;
    }

    public Task<byte[]?> FindManifestAsync()
    {
        if (_run is null)
        {
            DeactivateOnIdle();
            return Task.FromResult<byte[]?>(null);
        }

        return Task.FromResult<byte[]?>(RunManifestJson.Write(_run.Manifest()));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _run?.Cancel();
        await _execution.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _run?.Dispose();
    }

    private Task LookAsync()
    {
        if (!_execution.IsCompleted)
        {
            if (runs.Time.GetElapsedTime(_renewed) > LeaseLifetime)
            {
                _run!.Cancel();
            }
        }
        else if (_ended is not { } ended)
        {
            _ended = runs.Time.GetTimestamp();
        }
        else if (runs.Time.GetElapsedTime(ended) > ReplayWindow)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }
}
