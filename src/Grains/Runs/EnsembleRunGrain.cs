using System.Runtime.CompilerServices;
using Ensemble.Execution;
using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Ensemble.Grains.Runs;

/// <summary>
/// A run's identity in the cluster: it lives as long as the silo's <see cref="RunHost"/> keeps the run. Kept alive, since work beside the
/// grain does not count as its activity.
/// </summary>
[KeepAlive]
[Reentrant]
[SkipDraining]
[Orleans.Placement.PreferLocalPlacement]
internal sealed class EnsembleRunGrain(RunHost runs) : Grain, IEnsembleRunGrain
{
    private ActiveRun? _hosted;

    /// <summary>The key of the frontend's stream, where the run is pushed.</summary>
    private string? _stream;

    /// <summary>Starts under way: who asks meanwhile must not end the activation.</summary>
    private int _starting;

    public async Task<RunAnswered> AskAsync(RunRequest request, TimeSpan wait, string? stream)
    {
        var asked = runs.Time.GetTimestamp();
        var (isNew, start) = await BeginAsync(request);
        if (start != RunStart.Started || _hosted is not { } hosted)
        {
            return new RunAnswered { Start = start };
        }

        if (isNew && stream is not null)
        {
            // Ends with the run. What this grain sends is answered on the connection on which the frontend asked for it: one hop less than
            // what its silo sends.
            _stream = stream;
            _ = PublishAsync(ServiceProvider.GetRequiredService<AnswerPublisher>(), hosted, stream);
        }
        else if (wait - runs.Time.GetElapsedTime(asked) is { Ticks: > 0 } left && await ReadWholeAsync(hosted, left) is { } events)
        {
            return new RunAnswered { Start = start, Events = [.. events.Select(RunEventMessage.From)] };
        }

        return new RunAnswered { Start = start, Silo = GrainContext.Address.SiloAddress!.ToParsableString() };
    }

    public async IAsyncEnumerable<RunEventMessage> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (FindHosted() is not { } hosted || hosted.Run.Journal.IsStripped)
        {
            yield break;
        }

        var isWhole = false;
        hosted.BeginRemoteReader();
        try
        {
            await foreach (var runEvent in hosted.Run.Journal.ReadAsync(after, cancellationToken))
            {
                isWhole = runEvent is RunCompleted or RunFailed;
                yield return RunEventMessage.From(runEvent);
            }
        }
        finally
        {
            hosted.EndRemoteReader(isWhole);
        }
    }

    public Task<long?> RenewAsync()
    {
        var hosted = FindHosted();
        hosted?.Renew();
        return Task.FromResult(hosted?.Run.Journal.Last);
    }

    public Task CancelAsync()
    {
        if (FindHosted() is { Run.IsKept: true } kept)
        {
            kept.Abandon();
        }
        else
        {
            // Its end is still read, for what it used.
            _hosted?.Cancel();
        }

        return Task.CompletedTask;
    }

    public Task<byte[]?> FindManifestAsync()
    {
        FindHosted();
        var manifest = RunId.TryParse(this.GetPrimaryKeyString(), out var run) ? runs.FindManifest(run) : null;
        return Task.FromResult(manifest is null ? null : RunManifestJson.Write(manifest));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_hosted is not { } hosted)
        {
            return;
        }

        hosted.Forgotten -= End;

        if (reason.ReasonCode == DeactivationReasonCode.DirectoryFailure)
        {
            // Another silo has left, and with it what the directory knew of this activation. The run goes on, and its next activation finds it.
            // An activation that is gone sends nothing more: the silo pushes on, from the beginning; the frontend leaves out what it has.
            if (_stream is { } stream)
            {
                var publisher = ServiceProvider.GetRequiredService<AnswerPublisher>();
                _ = Task.Run(() => PublishAsync(publisher, hosted, stream), CancellationToken.None);
            }

            return;
        }

        hosted.Cancel();
        await hosted.Execution.WaitAsync(cancellationToken).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static async Task PublishAsync(AnswerPublisher answers, ActiveRun hosted, string stream)
    {
        hosted.BeginRemoteReader();
        hosted.EndRemoteReader(
            isWhole: await answers.PublishAsync(hosted.Run.Journal, hosted.Run.Id, hosted.Run.Incarnation, stream));
    }

    private async ValueTask<IReadOnlyList<RunEvent>?> ReadWholeAsync(ActiveRun hosted, TimeSpan limit)
    {
        hosted.BeginRemoteReader();
        var events = await hosted.Run.Journal.ReadWholeAsync(limit, runs.Time);
        hosted.EndRemoteReader(isWhole: events is not null);
        return events;
    }

    private async ValueTask<(bool IsNew, RunStart Start)> BeginAsync(RunRequest request)
    {
        if (_hosted?.Run.Incarnation >= request.Incarnation)
        {
            return (false, RunStart.Started);
        }

        _starting++;
        ActiveRun? hosted;
        RunStart start;
        try
        {
            (hosted, start) = await runs.StartAsync(request);
        }
        finally
        {
            _starting--;
        }

        if (hosted is null)
        {
            // A silo that stops is left: the next who asks for this incarnation finds another.
            if (_starting == 0 && (_hosted is null || start == RunStart.Draining))
            {
                DeactivateOnIdle();
            }

            return (false, start);
        }

        if (hosted == _hosted || hosted.Run.Incarnation <= _hosted?.Run.Incarnation)
        {
            return (false, start);
        }

        if (_hosted is { } older)
        {
            older.Forgotten -= End;
        }

        Keep(hosted);
        return (true, start);
    }

    /// <returns>The run, which an earlier activation may have begun in this silo; null where this silo has no such run.</returns>
    private ActiveRun? FindHosted()
    {
        if (_hosted is null && _starting == 0)
        {
            if (RunId.TryParse(this.GetPrimaryKeyString(), out var run) && runs.Find(run) is { } hosted)
            {
                Keep(hosted);
            }
            else
            {
                // A name that somebody made up, or of a run that another silo had, leaves nothing behind here.
                DeactivateOnIdle();
            }
        }

        return _hosted;
    }

    private void Keep(ActiveRun hosted)
    {
        _hosted = hosted;
        hosted.Forgotten += End;
        if (runs.Find(hosted.Run.Id) != hosted)
        {
            // Forgotten before anybody asked to be told.
            End();
        }
    }

    private void End() => DeactivateOnIdle();
}
