using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class CompositeUsageSinkTests
{
    [Fact]
    public void Append_ToTwo_ReachesBothAndEitherMayBeNearlyFull()
    {
        var (first, second) = (new RunBench(), new RunBench());
        var both = new CompositeUsageSink(first, second);
        var (usage, ended) = (TestUsage.SubCall(RunId.New()), TestUsage.Ended(RunId.New()));

        both.Append(usage);
        both.Append(ended);

        foreach (var sink in (RunBench[])[first, second])
        {
            (sink.Usage.ShouldHaveSingleItem(), sink.Ended.ShouldHaveSingleItem()).ShouldBe((usage, ended));
        }

        both.IsNearlyFull.ShouldBeFalse();
        second.IsNearlyFull = true;
        both.IsNearlyFull.ShouldBeTrue();
    }
}
