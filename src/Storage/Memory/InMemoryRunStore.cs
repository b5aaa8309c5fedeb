using Ensemble.Runs;

namespace Ensemble.Storage.Memory;

/// <summary>
/// Keeps answers and claims as long as its process lives. Beyond its bound the answers that expire soonest go first, and are asked for
/// again. Of claims those go that expire within <see cref="RunClaim.PanelRetention"/>; where there is none, a new one is refused.
/// </summary>
/// <param name="maxAnswerBytes">Payloads that are kept at most, in bytes. Default 256 MiB.</param>
/// <param name="maxClaims">Claims that are kept at most. Default 65,536.</param>
public sealed class InMemoryRunStore(long maxAnswerBytes = 256L * 1024 * 1024, int maxClaims = 65_536) : IRunStore
{
    /// <summary>What an answer costs besides its payload, so that empty ones are bounded too.</summary>
    private const int Overhead = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<RunId, Dictionary<SubCallKey, Entry>> _answers = [];
    private readonly PriorityQueue<(RunId Run, SubCallKey Key), DateTimeOffset> _answersByExpiry = new();
    private readonly Dictionary<string, RunClaim> _claims = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _claimsByExpiry = new();
    private long _answerBytes;

    public Task SaveAnswerAsync(
        RunId run, StoredAnswer answer, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_answers.TryGetValue(run, out var ofRun))
            {
                _answers.Add(run, ofRun = []);
            }

            if (ofRun.TryGetValue(answer.Key, out var earlier) && earlier.ExpiresAt <= now)
            {
                _answersByExpiry.Remove((run, answer.Key), out _, out _);
                _answerBytes -= earlier.Answer.Payload.Length + Overhead;
                ofRun.Remove(answer.Key);
            }

            if (ofRun.TryAdd(answer.Key, new Entry(answer with { Payload = answer.Payload.ToArray() }, expiresAt)))
            {
                _answersByExpiry.Enqueue((run, answer.Key), expiresAt);
                _answerBytes += answer.Payload.Length + Overhead;
            }

            while (_answerBytes > maxAnswerBytes)
            {
                RemoveSoonestAnswer();
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<StoredAnswer>> LoadAnswersAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            IReadOnlyList<StoredAnswer> answers = _answers.TryGetValue(run, out var ofRun)
                ? [.. ofRun.Values.Where(kept => kept.ExpiresAt > now).Select(kept => kept.Answer).Order(StoredAnswer.ByKey)]
                : [];
            return Task.FromResult(answers);
        }
    }

    public Task<RunClaim> ClaimAsync(RunClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_claims.TryGetValue(claim.Scope, out var earlier))
            {
                if (earlier.ExpiresAt > now)
                {
                    return Task.FromResult(earlier);
                }

                _claimsByExpiry.Remove(claim.Scope, out _, out _);
            }

            if (earlier is null && _claims.Count >= maxClaims)
            {
                RemoveSoonestClaim(now + RunClaim.PanelRetention);
            }

            _claims[claim.Scope] = claim with { RequestHash = claim.RequestHash.ToArray() };
            _claimsByExpiry.Enqueue(claim.Scope, claim.ExpiresAt);

            return Task.FromResult(claim);
        }
    }

    public Task<RunClaim?> TakeClaimAsync(string scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_claims.Remove(scope, out var claim))
            {
                return Task.FromResult<RunClaim?>(null);
            }

            _claimsByExpiry.Remove(scope, out _, out _);
            return Task.FromResult(claim.ExpiresAt > now ? claim : null);
        }
    }

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var (answers, claims) = (0, 0);
            for (; answers < limit && _answersByExpiry.TryPeek(out _, out var expiresAt) && expiresAt <= now; answers++)
            {
                RemoveSoonestAnswer();
            }

            for (; claims < limit && _claimsByExpiry.TryPeek(out _, out var expiresAt) && expiresAt <= now; claims++)
            {
                _claims.Remove(_claimsByExpiry.Dequeue());
            }

            return Task.FromResult(answers + claims);
        }
    }

    /// <exception cref="ClaimLimitException">All are needed for longer.</exception>
    private void RemoveSoonestClaim(DateTimeOffset latest)
    {
        if (!_claimsByExpiry.TryPeek(out var scope, out var expiresAt) || expiresAt > latest)
        {
            throw new ClaimLimitException();
        }

        _claimsByExpiry.Dequeue();
        _claims.Remove(scope);
    }

    private void RemoveSoonestAnswer()
    {
        var (run, key) = _answersByExpiry.Dequeue();
        var ofRun = _answers[run];
        ofRun.Remove(key, out var removed);
        _answerBytes -= removed!.Answer.Payload.Length + Overhead;
        if (ofRun.Count == 0)
        {
            _answers.Remove(run);
        }
    }

    private sealed record Entry(StoredAnswer Answer, DateTimeOffset ExpiresAt);
}
