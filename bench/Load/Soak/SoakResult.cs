namespace Ensemble.Load.Soak;

/// <summary>One side under saturation for minutes.</summary>
/// <param name="Baseline">The baseline's runs a second right before and after it.</param>
/// <param name="FirstFault">What the first refusal said.</param>
/// <param name="Failure">Why it ended before its time; null = it did not.</param>
internal sealed record SoakResult(
    string Side, TimeSpan Length, IReadOnlyList<double> Baseline, IReadOnlyList<SoakWindow> Windows, string? FirstFault, string? Failure)
{
    public double RunsPerSecond => Windows.Sum(window => window.Runs) / Windows.Sum(window => window.Seconds);

    /// <summary>Share of the baseline's runs a second.</summary>
    public double Ratio => RunsPerSecond / Baseline.Average();

    public int Refused => Windows.Sum(window => window.Refused);

    public long MostResident => Windows.Select(window => window.Resident).DefaultIfEmpty().Max();

    /// <summary>By how much memory grew from the middle third to the last, as a share; the first third belongs to the warm-up.</summary>
    public double Growth
    {
        get
        {
            var third = Windows.Count / 3;
            return third == 0 ? double.NaN : Mean(Windows.TakeLast(third)) / Mean(Windows.Skip(third).Take(third)) - 1;
        }
    }

    private static double Mean(IEnumerable<SoakWindow> windows) => windows.Average(window => window.Resident);
}
