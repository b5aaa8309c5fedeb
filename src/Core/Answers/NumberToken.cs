namespace Ensemble.Answers;

/// <summary>A number as it stands in a text.</summary>
/// <param name="Start">Its sign or currency, if it has one, else its first digit.</param>
/// <param name="End">The first character after it, its percent sign or its thousand, million….</param>
/// <param name="Value">What was written, without regard to a percent sign.</param>
/// <param name="NumericValue">What it comes to: 50% is a half.</param>
/// <param name="IsOrdinal">Whether it says which one instead of how many: 3rd.</param>
internal readonly record struct NumberToken(int Start, int End, NumberValue Value, NumberValue NumericValue, bool IsPercent, bool IsOrdinal)
{
    /// <param name="inPercent">Whether percent is what was asked for, so that 50% is 50 and not a half.</param>
    public NumberValue Answer(bool inPercent) => inPercent ? Value : NumericValue;
}
