using Ensemble.Catalog.Serving;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Catalog;

public sealed class CatalogCatchUpTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestCatalog _catalog = new(new CatalogBuilder().Build(revision: 3));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Reach_WhatIsThere_IsGivenAtOnce(long revision)
    {
        var reached = _catalog.WaitForRevisionAsync(revision, _time, TestContext.Current.CancellationToken);

        reached.IsCompletedSuccessfully.ShouldBeTrue();
        _time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Reach_WhatComesInTime_IsWaitedFor()
    {
        var reaching = _catalog.WaitForRevisionAsync(5, _time, TestContext.Current.CancellationToken).AsTask();
        _catalog.Change(new CatalogBuilder().Build(revision: 4));
        reaching.IsCompleted.ShouldBeFalse();

        _catalog.Change(new CatalogBuilder().Build(revision: 5));

        (await reaching).Revision.ShouldBe(5);
    }

    [Fact]
    public async Task Reach_WhatDoesNotCome_GivesWhatThereIsAfterASecond()
    {
        var reaching = _catalog.WaitForRevisionAsync(5, _time, TestContext.Current.CancellationToken).AsTask();
        _time.Advance(CatalogCatchUp.MaxWait);

        (await reaching).Revision.ShouldBe(3);
    }
}
