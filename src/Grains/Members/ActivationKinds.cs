using Ensemble.Grains.Gates;
using Ensemble.Grains.Runs;
using Ensemble.Grains.Usage;

namespace Ensemble.Grains.Members;

/// <summary>What operators call the grains of this product. Orleans' own, and those that only carry questions, are one kind.</summary>
internal static class ActivationKinds
{
    public const string OtherKind = "orleans";

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        [nameof(EnsembleRunGrain)] = "runs",
        [nameof(ModelCallGrain)] = "model_gates",
        [nameof(CallerGateGrain)] = "caller_gates",
        [nameof(UsageWatchGrain)] = "usage_watch",
    };

    /// <param name="counts">Activations by the name of the grain's class, with or without its namespace.</param>
    /// <returns>Every kind, also one of which there is none.</returns>
    public static SortedDictionary<string, int> Sum(IEnumerable<(string GrainType, int Activations)> counts)
    {
        var none = Kinds.Values.Append(OtherKind).ToDictionary(static kind => kind, static _ => 0);
        var sums = new SortedDictionary<string, int>(none, StringComparer.Ordinal);
        foreach (var (type, activations) in counts)
        {
            var name = type.Split(',')[0];
            sums[Kinds.GetValueOrDefault(name[(name.LastIndexOf('.') + 1)..], OtherKind)] += activations;
        }

        return sums;
    }
}
