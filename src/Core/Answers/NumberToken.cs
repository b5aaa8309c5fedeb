namespace Ensemble.Answers;

/// <summary>A number as it stands in a text.</summary>
/// <param name="Start">Its sign or currency, if it has one, else its first digit.</param>
/// <param name="End">The first character after it, its percent sign or its thousand, million….</param>
/// <param name="Value">As written: 50 for 50%.</param>
/// <param name="NumericValue">The numeric value: 0.5 for 50%.</param>
/// <param name="IsOrdinal">Whether it says which one instead of how many: 3rd.</param>
internal readonly record struct NumberToken(int Start, int End, NumberValue Value, NumberValue NumericValue, bool IsPercent, bool IsOrdinal)
{
    /// <param name="inPercent">Whether percent is what was asked for, so that 50% is 50 and not a half.</param>
    public NumberValue Answer(bool inPercent) => inPercent ? Value : NumericValue;
}
