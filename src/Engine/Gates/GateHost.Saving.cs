namespace Ensemble.Gates;

public sealed partial class GateHost
{
    /// <summary>
    /// Saves the state where it has changed. Never throws. Where somebody else has taken the gate over, it is taken over again, and what
    /// both have admitted counts together: two keepers pass a limit by what comes within a second at most.
    /// </summary>
    /// <returns>False where another keeper was seen, and none was in the last minutes.</returns>
    public async Task<bool> SaveAsync()
    {
        // One at a time: an older snapshot must not overtake a newer one.
        if (Interlocked.Exchange(ref _saving, 1) == 1)
        {
            return true;
        }

        try
        {
            return TakeSnapshot() is not { } snapshot || await SaveAsync(snapshot);
        }
        finally
        {
            Volatile.Write(ref _saving, 0);
        }
    }

    private async Task<bool> SaveAsync(GateSnapshot snapshot)
    {
        try
        {
            var isNewRival = false;
            var (wasUnsure, wasKept) = (_hasUnacknowledgedSave, _epoch is not null);
            _hasUnacknowledgedSave = true;
            if (wasUnsure)
            {
                (snapshot, var isForeign) = await TakeOverAsync();
                isNewRival = isForeign && wasKept && OnRivalSeen();
            }

            if (!await SaveAsOwnerAsync(snapshot))
            {
                (snapshot, var isForeign) = await TakeOverAsync();
                isNewRival |= isForeign && OnRivalSeen();
                await SaveAsOwnerAsync(snapshot);

                // Where nothing was saved meanwhile, a take-over of its own may have come in late: the next save tells.
                MarkChanged();
            }

            _hasUnacknowledgedSave = _storeUnavailable = false;
            return !isNewRival;
        }
        catch (Exception exception)
        {
            if (!_storeUnavailable)
            {
                _storeUnavailable = true;
                LogStoreUnavailable(_logger, exception, Key.ToString());
            }

            MarkChanged();
            return true;
        }
    }

    private void MarkChanged()
    {
        lock (_lock)
        {
            _changed = true;
        }
    }

    private GateSnapshot? TakeSnapshot()
    {
        lock (_lock)
        {
            // While there is another keeper each is to know what the other does, also where it does nothing itself.
            if (!_changed && !HasRival)
            {
                return null;
            }

            _changed = false;
            return Content();
        }
    }

    /// <returns>False where somebody else has taken the gate over.</returns>
    private async Task<bool> SaveAsOwnerAsync(GateSnapshot snapshot)
    {
        var isOwner = await _store.SaveAsync(Key.ToString(), _epoch!.Value, snapshot.Write(), CancellationToken.None);
        _saved = isOwner ? snapshot : _saved;
        return isOwner;
    }

    private bool HasRival => _rivalSeenAt is { } at && _time.GetElapsedTime(at) < RivalTimeout;

    private bool OnRivalSeen()
    {
        var isNew = !HasRival;
        _rivalSeenAt = _time.GetTimestamp();
        return isNew;
    }

    /// <returns>What is to be saved; and whether another keeper has saved something since this one did.</returns>
    private async Task<(GateSnapshot Snapshot, bool IsForeign)> TakeOverAsync()
    {
        var stored = await _store.TakeOverAsync(Key.ToString(), CancellationToken.None);
        _epoch = stored.Epoch;
        lock (_lock)
        {
            var isForeign = false;
            if (GateSnapshot.Read(stored.Snapshot ?? default) is { } theirs)
            {
                // Its own, which the store did not acknowledge, has all in it that was done here.
                isForeign = theirs.Keeper != _id && (theirs.Keeper, theirs.TakenAt) != (_saved?.Keeper, _saved?.TakenAt);
                if (isForeign)
                {
                    _state.Merge(_saved, theirs);
                }

                _saved = theirs;
            }

            return (Content(), isForeign);
        }
    }

    private GateSnapshot Content() => _state.Content() with { Keeper = _id };
}
