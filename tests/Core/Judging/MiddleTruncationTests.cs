using System.Text;
using Ensemble.Judging;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Judging;

public sealed class MiddleTruncationTests
{
    [Fact]
    public void Share_AnyNeeds_StaysInTheBudgetAndGivesSmallNeedsInFull()
    {
        var cases = Gen.Choose(0, 5000).ListOf().Where(needs => needs.Count > 0).Zip(Gen.Choose(-10, 20_000));
        Prop.ForAll(Arb.From(cases), budgeted =>
        {
            long[] wanted = [.. budgeted.Item1.Select(need => (long)need)];
            var budget = budgeted.Item2;
            var shares = MiddleTruncation.Share(wanted, budget);

            shares.Sum().ShouldBeLessThanOrEqualTo(Math.Max(0, budget));
            for (var index = 0; index < wanted.Length; index++)
            {
                shares[index].ShouldBeInRange(0, wanted[index]);
                if (wanted[index] <= Math.Max(0, budget) / wanted.Length)
                {
                    shares[index].ShouldBe(wanted[index]);
                }

                // Nobody is cut while another has more.
                if (shares[index] < wanted[index])
                {
                    shares.Max().ShouldBeLessThanOrEqualTo(shares[index] + wanted.Length);
                }
            }

            if (wanted.Sum() <= budget)
            {
                shares.ShouldBe(wanted);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Fit_AnyText_KeepsBothEndsWithinTheShare()
    {
        var pieces = Gen.Elements("a", " plain words ", "中文", "é", "😀", "\n", "👩‍👩‍👧", "0123456789").ListOf();
        Prop.ForAll(Arb.From(pieces.Zip(Gen.Choose(0, 200))), cut =>
        {
            var text = string.Concat(cut.Item1.Concat(cut.Item1).Concat(cut.Item1));
            var fitted = MiddleTruncation.Fit(text, cut.Item2);
            if (TokenEstimate.OfText(text) <= cut.Item2)
            {
                fitted.ShouldBeSameAs(text);
                return;
            }

            var mark = fitted.IndexOf("\n[… ", StringComparison.Ordinal);
            var end = fitted.LastIndexOf(" …]\n", StringComparison.Ordinal) + 4;
            var (head, tail) = (fitted[..mark], fitted[end..]);
            text.ShouldStartWith(head);
            text.ShouldEndWith(tail);
            fitted.ShouldContain($"[… {text.Length - head.Length - tail.Length} characters left out …]");
            (TokenEstimate.OfText(head) + TokenEstimate.OfText(tail)).ShouldBeLessThanOrEqualTo(cut.Item2 + 1);
            (head + tail).EnumerateRunes().ShouldNotContain(Rune.ReplacementChar);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Fit_CostlyEnds_AreCountedByWhatTheyCost()
    {
        var text = new string('中', 100) + new string('x', 10_000) + new string('文', 100);

        var fitted = MiddleTruncation.Fit(text, 50);

        fitted.ShouldBe($"{new string('中', 25)}\n[… 10150 characters left out …]\n{new string('文', 25)}");
    }
}
