namespace Ensemble.Load.Measuring;

/// <summary>Two equal sides must come out equal: what they differ by is what the tool cannot see below.</summary>
internal static class SelfCheck
{
    private const double LargestRatioError = 0.1;
    private const double LargestDifference = 0.5;

    public static string Rule =>
        $"two equal sides must come within {LargestRatioError * 100} % in runs a second, and {LargestDifference} ms in p50 at up to 16 callers.";

    public static bool Passes(Measurements measured) =>
        !measured.Failed.Any()
        && measured.Failures.Count == 0
        && measured.Throughput.Select(result => result.Cell).Where(cell => cell.Shape.Callers > 1)
            .All(cell => Math.Abs(cell.Compare(slot => slot.RunsPerSecond).Ratio - 1) <= LargestRatioError)
        && measured.Latency.Select(result => result.Cell).Where(cell => cell.Shape.Callers <= 16)
            .All(cell => Math.Abs(cell.Compare(slot => slot.Latency.P50).Difference) <= LargestDifference);
}
