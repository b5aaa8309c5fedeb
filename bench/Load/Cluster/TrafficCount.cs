using Ensemble.Load.Metering;

namespace Ensemble.Load.Cluster;

/// <summary>What all nodes of a cluster have counted.</summary>
/// <param name="Calls">By method, those between Orleans' own parts too.</param>
/// <param name="Requests">All that were answered, those between Orleans' own parts too.</param>
/// <param name="Messages">Between processes, answers included.</param>
/// <param name="Bytes">Of them, counted once, at the sender.</param>
internal sealed record TrafficCount(IReadOnlyDictionary<string, double> Calls, double Requests, double Messages, double Bytes)
{
    /// <summary>Calls of grains and streams.</summary>
    public double GrainCalls => Calls.Sum(call => Counted.IsOwn(call.Key) ? 0 : call.Value);

    /// <summary>Those of <see cref="GrainCalls"/> that are made to gates.</summary>
    public double GateCalls => Calls.Sum(call => Counted.IsGate(call.Key) ? call.Value : 0);

    /// <summary>Those of <see cref="GrainCalls"/> that push items of streams.</summary>
    public double StreamPushes => Calls.GetValueOrDefault(Counted.StreamPush);

    /// <summary>Calls between Orleans' own parts, as its directory.</summary>
    public double OwnCalls => Calls.Sum(call => Counted.IsOwn(call.Key) ? call.Value : 0);

    public static async Task<TrafficCount> ReadAsync(IReadOnlyList<NodeMeter> nodes, CancellationToken cancel)
    {
        var calls = new Dictionary<string, double>();
        var (requests, messages, bytes) = (0.0, 0.0, 0.0);
        foreach (var node in nodes)
        {
            foreach (var (name, (count, sum)) in await node.ReadAsync(cancel))
            {
                if (Counted.CalledMethod(name) is { } method)
                {
                    calls[method] = calls.GetValueOrDefault(method) + count;
                }

                requests += name == Counted.Requests ? count : 0;
                if (Counted.IsSent(name))
                {
                    (messages, bytes) = (messages + count, bytes + sum);
                }
            }
        }

        return new TrafficCount(calls, requests, messages, bytes);
    }

    /// <summary>This, and <paramref name="factor"/> times the other.</summary>
    public TrafficCount Plus(TrafficCount other, double factor) => new(
        Calls.Keys.Union(other.Calls.Keys).ToDictionary(method => method, method => Calls.GetValueOrDefault(method) + factor * other.Calls.GetValueOrDefault(method)),
        Requests + factor * other.Requests,
        Messages + factor * other.Messages,
        Bytes + factor * other.Bytes);

    public TrafficCount Times(double factor) => Plus(this, factor - 1);
}
