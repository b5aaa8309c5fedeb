using Ensemble.Grains.Silos;
using Orleans.Runtime.Placement;

namespace Ensemble.Grains.Runs;

/// <content>How silos hear which answers are wanted, and the frontend how far each run is.</content>
public sealed partial class ClusterRunEngine
{
    private void RenewAll()
    {
        PendingRun[] runs;
        lock (_lock)
        {
            runs = [.. _runs.Values];
        }

        foreach (var silo in runs.Where(run => !TryRenewLocal(run.Request.Id, out _)).ToLookup(run => run.Silo))
        {
            if (silo.Key is not null)
            {
                _ = RenewAsync(silo.Key, [.. silo]);
            }
        }
    }

    /// <summary>Says that answers are wanted, and finds out whether more is there than what came.</summary>
    private async Task RenewAsync(string silo, PendingRun[] runs)
    {
        lock (_lock)
        {
            if (!_asked.Add(silo))
            {
                return;
            }
        }

        try
        {
            var last = await _grains.GetGrain<ISiloGrain>(silo).RenewAsync(Array.ConvertAll(runs, static run => run.Request.Id.Value));
            for (var index = 0; index < runs.Length; index++)
            {
                Check(runs[index], last[index] < 0 ? null : last[index]);
            }
        }
        catch (Exception exception)
        {
            LogSiloNotReached(_logger, exception, silo, runs.Length);
            Array.ForEach(runs, run => Check(run, null));
        }
        finally
        {
            lock (_lock)
            {
                _asked.Remove(silo);
            }
        }
    }

    /// <param name="last">The number of the run's last event; null where it is gone, or its silo was not reached.</param>
    private void Check(PendingRun run, long? last)
    {
        foreach (var reader in run.Readers)
        {
            if (reader.IsWaiting && _calls.Time.GetElapsedTime(reader.LastActivity) >= SilenceTimeout
                && (last is null || last > reader.Last))
            {
                reader.CancelPull();
            }
        }

        _stream?.Check(run.Request.Id, last, SilenceTimeout);
    }

    /// <returns>The number of the run's last event so far; null where the run is not known.</returns>
    private async Task<long?> FindLastAsync(PendingRun run)
    {
        if (TryRenewLocal(run.Request.Id, out var last))
        {
            return last;
        }

        PreferSilo(run.Silo);
        return await Grain(run.Request.Id).RenewAsync();
    }

    /// <summary>
    /// Has the calling method's next calls to a run without an activation make one in the silo that executes the run: the directory forgets
    /// activations whose addresses it kept in a silo that has left.
    /// </summary>
    private static void PreferSilo(string? silo)
    {
        if (silo is not null)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(silo));
        }
    }

    private bool TryRenewLocal(RunId run, out long last)
    {
        if (_local?.Find(run) is not { } hosted)
        {
            last = 0;
            return false;
        }

        hosted.Renew();
        last = hosted.Run.Journal.Last;
        return true;
    }
}
