using System.Globalization;
using Ensemble.Answers;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Answers;

public sealed class NumberValueTests
{
    private static Gen<decimal> Numbers { get; } =
        from digits in Gen.Choose(-99_999_999, 99_999_999)
        from scale in Gen.Choose(0, 9)
        select digits / (decimal)Math.Pow(10, scale);

    [Fact]
    public void ToString_AnyNumber_ReadsAsTheSameNumber() =>
        Prop.ForAll(Arb.From(Numbers), number =>
        {
            var value = Read(number.ToString(CultureInfo.InvariantCulture));
            Read(value.ToString()).ShouldBe(value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Equality_AnyWayToWriteANumber_IsTheSame() =>
        Prop.ForAll(Arb.From(Numbers), number =>
        {
            var expected = Read(number.ToString(CultureInfo.InvariantCulture));
            foreach (var format in (string[])["0.##############", "0.00############", "#,0.00############", "$#,0.00############;-$#,0.00############", "0.##############e+0", "00.00############"])
            {
                Read(number.ToString(format, CultureInfo.InvariantCulture)).ShouldBe(expected, format);
            }

            Read(number.ToString("#,0.00############", CultureInfo.GetCultureInfo("")).Replace('-', '\u2212')).ShouldBe(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Equality_EqualNumbers_DifferByLessThanAMillionth() =>
        Prop.ForAll(Arb.From(Numbers.Zip(Gen.Choose(-2000, 2000))), drawn =>
        {
            var (number, parts) = drawn;
            var other = number * (1 + (parts / 1_000_000_000m));
            if (Read(number.ToString(CultureInfo.InvariantCulture)) == Read(other.ToString(CultureInfo.InvariantCulture)))
            {
                Math.Abs(number - other).ShouldBeLessThanOrEqualTo(Math.Abs(number) / 1_000_000m);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("123456.78", "123456.91")]
    [InlineData("1000000", "1000001")]
    [InlineData("0.001", "0.001001")]
    [InlineData("5", "-5")]
    public void Equality_DifferentNumbers_StayDifferent(string one, string other) => Read(one).ShouldNotBe(Read(other));

    [Theory]
    [InlineData("1e400", "1E400")]
    [InlineData("1e-400", "1E-400")]
    [InlineData("1E+2", "100")]
    [InlineData("-0.0", "0")]
    [InlineData("0.00001", "0.00001")]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("999999999999999999999999999999999999999", null)]
    [InlineData("1e99999999999", null)]
    public void OfJson_Number_IsCanonicalWhereItIsExact(string json, string? expected) =>
        NumberValue.OfJson(System.Text.Encoding.UTF8.GetBytes(json))?.ToString().ShouldBe(expected);

    private static NumberValue Read(string text)
    {
        using var plain = PlainText.Of(text);
        new NumberAnswer(InPercent: false).Whole(plain.Span, out var value).ShouldBeTrue(text);
        return value;
    }
}
