using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class HalfFullDetectorTests
{
    [Fact]
    public void Crosses_FromHalfOn_OnceUntilLessThanAQuarterIsTaken()
    {
        var halfFull = new HalfFullDetector(capacity: 100);

        var noticed = new long[] { 0, 49, 50, 51, 100, 26, 60, 24, 49, 50 }.Select(halfFull.Crosses);

        noticed.ShouldBe([false, false, true, false, false, false, false, false, false, true]);
    }
}
