using Ensemble.Grains.Answers;
using Ensemble.Grains.Streams;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>Stands between a stream and its frontend: counts what comes, and drops, delays and doubles some of it, as the seed says. Beats pass.</summary>
internal sealed class FaultyWire(IStreamWire<AnswerBatch> inner, int seed, int percent) : IStreamWire<AnswerBatch>
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<AnswerBatch> _delayed = [];
    private readonly HashSet<string> _runs = [];

    public int Faults { get; private set; }

    /// <summary>Whether nothing passes, beats neither.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Runs of which something came.</summary>
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

    public Task PublishAsync(string address, AnswerBatch batch) => inner.PublishAsync(address, batch);

    public Task<IAsyncDisposable> SubscribeAsync(string address, Action<AnswerBatch> receive) =>
        inner.SubscribeAsync(address, batch =>
        {
            foreach (var passed in Pass(batch))
            {
                receive(passed);
            }
        });

    private List<AnswerBatch> Pass(AnswerBatch batch)
    {
        if (batch.Run is null || IsDeaf)
        {
            return IsDeaf ? [] : [batch];
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
