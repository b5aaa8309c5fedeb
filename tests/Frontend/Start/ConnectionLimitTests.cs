using Ensemble.Frontend.Options;

namespace Ensemble.Frontend.Tests.Start;

public sealed class ConnectionLimitTests
{
    [Theory]
    [InlineData(null, 20_000)]
    [InlineData(400L, 60)]
    [InlineData(1024L, 372)]
    [InlineData(1_048_576L, 20_000)]
    [InlineData(100L, 1)]
    public void Of_Descriptors_LeavesAsManyForProvidersAndSomeForItself(long? descriptors, long expected) => ConnectionLimit.Of(descriptors).ShouldBe(expected);

    [Theory]
    [InlineData("Max processes             94863                94863                processes \nMax open files            1024                 524288               files     \n", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("", null)]
    public void Descriptors_SystemsTable_IsTheLimitThatHolds(string limits, long? expected) => ConnectionLimit.Descriptors(limits).ShouldBe(expected);
}
