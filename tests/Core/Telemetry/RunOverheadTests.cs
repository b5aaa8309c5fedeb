using Ensemble.Telemetry;
using Ensemble.Testing;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Telemetry;

public sealed class RunOverheadTests
{
    private static readonly RunId Run = RunId.New();

    [Theory]
    [InlineData("", 100)]
    [InlineData("0-100", 0)]
    [InlineData("10-90", 20)]
    [InlineData("0-40,60-100", 20)]
    [InlineData("0-40,20-60,60-100", 0)]
    [InlineData("50-60,10-90", 20)]
    [InlineData("90-150", 90)]
    [InlineData("-20-10", 90)]
    [InlineData("120-150", 100)]
    public void Of_SubCalls_IsTheTimeInWhichNoneIsUnderWay(string calls, int expected)
    {
        SubCallManifest[] subCalls = [.. calls.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Call)];

        RunOverhead.Of(TestUsage.Start, TimeSpan.FromMilliseconds(100), subCalls).ShouldBe(TimeSpan.FromMilliseconds(expected));
    }

    [Fact]
    public void Of_CallsThatWereNotMadeHere_DoNotCount()
    {
        var call = Call("0-100");

        RunOverhead.Of(TestUsage.Start, TimeSpan.FromMilliseconds(100),
            [call with { IsRemembered = true }, new SubCallManifest(call.Usage with { Attempts = 0 })])
            .ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Of_AnyCalls_IsWhatCountingEachMillisecondGives()
    {
        var moments = Gen.Choose(-20, 130).Two().ArrayOf();

        Prop.ForAll(moments.ToArbitrary(), pairs =>
        {
            (int From, int To)[] calls = [.. pairs.Select(pair => (Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2)))];
            var expected = Enumerable.Range(0, 100).Count(moment => !calls.Any(call => call.From <= moment && moment < call.To));

            return RunOverhead.Of(TestUsage.Start, TimeSpan.FromMilliseconds(100),
                [.. calls.Select(call => Call(call.From, call.To))]) == TimeSpan.FromMilliseconds(expected);
        }).QuickCheckThrowOnFailure();
    }

    private static SubCallManifest Call(string text)
    {
        var split = text.IndexOf('-', 1);
        return Call(int.Parse(text[..split], System.Globalization.CultureInfo.InvariantCulture), int.Parse(text[(split + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static SubCallManifest Call(int from, int to) => new(TestUsage.SubCall(Run) with
    {
        StartedAt = TestUsage.Start + TimeSpan.FromMilliseconds(from),
        Total = TimeSpan.FromMilliseconds(to - from),
    });
}
