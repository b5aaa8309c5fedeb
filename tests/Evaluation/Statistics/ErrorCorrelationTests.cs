using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Tests.Statistics;

public sealed class ErrorCorrelationTests
{
    private static readonly QuestionBootstrap Bootstrap = new(new Random(1), samples: 200);

    [Fact]
    public void Of_SameErrors_IsOne()
    {
        bool[] right = [true, false, true, false, true];

        var correlation = ErrorCorrelation.Of(right, right, static question => question == 1, Bootstrap);

        correlation.Phi!.Value.Value.ShouldBe(1, 1e-12);
        (correlation.BothWrong, correlation.SameWrong, correlation.SameWrongShare).ShouldBe((2, 1, 0.5));
    }

    [Fact]
    public void Of_IndependentErrors_IsZero() =>
        ErrorCorrelation.Of([true, true, false, false], [true, false, true, false], static _ => false, Bootstrap).Phi!.Value.Value.ShouldBe(0, 1e-12);

    [Fact]
    public void Of_OneThatIsAlwaysRight_HasNone()
    {
        var correlation = ErrorCorrelation.Of([true, true], [true, false], static _ => true, Bootstrap);

        correlation.Phi.ShouldBeNull();
        correlation.SameWrongShare.ShouldBeNull();
    }
}
