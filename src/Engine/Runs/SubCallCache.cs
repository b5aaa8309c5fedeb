using System.Collections.Concurrent;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>
/// The sub-calls of a run that have an answer. A later incarnation that is given it asks only for the rest. Bounded by the
/// number of sub-calls that a run makes.
/// </summary>
/// <param name="remembered">Is told of each answer once, when it is new. Must not block or throw.</param>
public sealed class SubCallCache(Action<SubCallKey, ModelCallResult>? remembered = null)
{
    private readonly ConcurrentDictionary<SubCallKey, ModelCallResult> _finished = new();

    /// <summary>Of the answers, in bytes.</summary>
    public long Size => _finished.Values.Sum(static result => SizeOf(result));

    public bool IsEmpty => _finished.IsEmpty;

    /// <summary>Failures are not remembered: the next incarnation may have more luck.</summary>
    public void Add(SubCallKey key, ModelCallResult result)
    {
        if (result.Outcome == CallOutcome.Ok && _finished.TryAdd(key, result))
        {
            remembered?.Invoke(key, result);
        }
    }

    /// <summary>Takes over what another one knows, as known before.</summary>
    public void Restore(SubCallKey key, ModelCallResult result) => _finished.TryAdd(key, result);

    /// <returns>Of an answer, in bytes.</returns>
    internal static long SizeOf(ModelCallResult result) => result.Answer?.Size ?? 0;

    public ModelCallResult? Find(SubCallKey key) => _finished.GetValueOrDefault(key);
}
