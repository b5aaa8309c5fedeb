using Ensemble.Providers.Simulated;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

public sealed class SimulatedArithmeticTests
{
    [Theory]
    [InlineData("What is 17 * 23?", "17 * 23", "391")]
    [InlineData("12+30", "12+30", "42")]
    [InlineData("Compute 2 + 3 * 4.", "2 + 3 * 4", "14")]
    [InlineData("(2 + 3) * 4 = ?", "(2 + 3) * 4", "20")]
    [InlineData("10 - 4 - 3", "10 - 4 - 3", "3")]
    [InlineData("100 / 10 / 2", "100 / 10 / 2", "5")]
    [InlineData("6 × 7 ÷ 2", "6 × 7 ÷ 2", "21")]
    [InlineData("-3 + 5", "-3 + 5", "2")]
    [InlineData("2 * -(3 + 1)", "2 * -(3 + 1)", "-8")]
    [InlineData("1.5 * 2.25", "1.5 * 2.25", "3.375")]
    [InlineData("What is 2+2.", "2+2", "4")]
    [InlineData("1,000 * 3, please", "1,000 * 3", "3000")]
    [InlineData("10 / 3", "10 / 3", "3.3333333333")]
    [InlineData("Since 2024-01-31 I wonder: 5 − 2", "5 − 2", "3")]
    [InlineData("version v2 of 8 apples: (1 + 2", "1 + 2", "3")]
    public void TryFind_Calculation_FindsAndDoesIt(string text, string expression, string result)
    {
        SimulatedArithmetic.TryFind(text, out var found, out var value).ShouldBeTrue();

        found.ShouldBe(expression);
        SimulatedArithmetic.Format(value!.Value).ShouldBe(result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("What is love?")]
    [InlineData("I have 3 apples.")]
    [InlineData("On 2024-10-12")]
    [InlineData("9999999999999999999999999999 * 9999999999999999999999999999")]
    public void TryFind_NoCalculation_FindsNone(string text) => SimulatedArithmetic.TryFind(text, out _, out _).ShouldBeFalse();

    [Fact]
    public void TryFind_DivisionByZero_HasNoResult()
    {
        SimulatedArithmetic.TryFind("What is 1 / (2 - 2)?", out _, out var result).ShouldBeTrue();

        result.ShouldBeNull();
    }

    [Fact]
    public void TryFind_DeepNesting_IsBounded() =>
        SimulatedArithmetic.TryFind($"{new string('(', 4000)}1+1", out var expression, out _).ShouldBeTrue(expression);

    [Fact]
    public void TryFind_AnyThreeNumbers_MultipliesBeforeItAdds() =>
        Prop.ForAll(ArbMap.Default.ArbFor<short>().Generator.Three().ToArbitrary(), numbers =>
        {
            var (a, b, c) = numbers;
            return SimulatedArithmetic.TryFind($"{a} + {b} * {c}", out _, out var result) && result == a + ((decimal)b * c);
        }).QuickCheckThrowOnFailure();
}
