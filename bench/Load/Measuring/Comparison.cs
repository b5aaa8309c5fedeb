namespace Ensemble.Load.Measuring;

/// <summary>One figure of both sides.</summary>
/// <param name="Baseline">Median over its slots.</param>
/// <param name="Product">The same.</param>
/// <param name="Difference">Median over the rounds of (mean of the product's two slots − mean of the baseline's two).</param>
/// <param name="Low">Smallest of those differences.</param>
/// <param name="High">Largest of them.</param>
/// <param name="Ratio">Median over the rounds of the same two means' quotient.</param>
internal sealed record Comparison(double Baseline, double Product, double Difference, double Low, double High, double Ratio);
