using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class HalfFullTests
{
    [Fact]
    public void Notices_FromHalfOn_OnceUntilLessThanAQuarterIsTaken()
    {
        var halfFull = new HalfFull(capacity: 100);

        var noticed = new long[] { 0, 49, 50, 51, 100, 26, 60, 24, 49, 50 }.Select(halfFull.Notices);

        noticed.ShouldBe([false, false, true, false, false, false, false, false, false, true]);
    }
}
