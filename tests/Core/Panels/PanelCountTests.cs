using Ensemble.Panels;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Panels;

public sealed class PanelCountTests
{
    [Fact]
    public void Report_AnyAnswersInAnyOrder_SaysWhatANaiveCountSays()
    {
        var panels = Gen.Choose(1, 8).SelectMany(total =>
            Gen.Choose(1, total).SelectMany(required => Gen.Elements(true, false).ArrayOf(total).Select(answers => (required, answers))));

        Prop.ForAll(Arb.From(panels), panel =>
        {
            var count = new PanelCount(panel.answers.Length, panel.required);
            for (var reported = 1; reported <= panel.answers.Length; reported++)
            {
                var verdict = count.Report(panel.answers[reported - 1]);
                var usable = panel.answers.Take(reported).Count(answer => answer);
                var before = panel.answers.Take(reported - 1).Count(answer => answer);
                var best = usable + panel.answers.Length - reported;
                var expected = usable < panel.required
                    ? best < panel.required ? PanelVerdict.OutOfReach : PanelVerdict.Waiting
                    : reported == panel.answers.Length ? PanelVerdict.Complete
                    : before < panel.required ? PanelVerdict.Quorum
                    : PanelVerdict.BeyondQuorum;
                verdict.ShouldBe(expected);
                count.HasQuorum.ShouldBe(usable >= panel.required);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
