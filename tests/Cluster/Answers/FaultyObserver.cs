using Ensemble.Grains.Answers;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>
/// Stands between a stream and its frontend: counts what comes, and drops, delays and doubles some of it, as the seed says. The producer
/// hears of none of that.
/// </summary>
internal sealed class FaultyObserver(IAsyncObserver<AnswerBatch> inner, int seed, int percent) : IAsyncObserver<AnswerBatch>
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<AnswerBatch> _delayed = [];
    private readonly HashSet<string> _runs = [];

    public int Faults { get; private set; }

    /// <summary>Whether nothing passes.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Runs of which something passed.</summary>
    public int Runs
    {
        get
        {
            lock (_lock)
            {
                return _runs.Count;
            }
        }
    }

    public async Task OnNextAsync(AnswerBatch item, StreamSequenceToken? token = null)
    {
        foreach (var passed in Pass(item))
        {
            await inner.OnNextAsync(passed);
        }
    }

    public Task OnErrorAsync(Exception ex) => inner.OnErrorAsync(ex);

    private List<AnswerBatch> Pass(AnswerBatch batch)
    {
        if (IsDeaf)
        {
            return [];
        }

        lock (_lock)
        {
            _runs.Add(batch.Run);
            var passed = new List<AnswerBatch> { batch };
            if (_random.Next(100) < percent)
            {
                Faults++;
                switch (_random.Next(3))
                {
                    case 0:
                        passed.Clear();
                        break;
                    case 1:
                        passed.Add(batch);
                        break;
                    default:
                        _delayed.Add(batch);
                        passed.Clear();
                        break;
                }
            }
            else if (_delayed.Count > 0 && _random.Next(4) == 0)
            {
                passed.AddRange(_delayed);
                _delayed.Clear();
            }

            return passed;
        }
    }
}
