using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Storage.Tests.Postgres;

/// <summary>A server that goes away and comes back.</summary>
public sealed class PostgresRestartTests
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Watch_ServerStoppedAndStarted_PausesLongerEachTimeAndThenTellsTheStoredRevision()
    {
        await using var server = new PostgresServer();
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());
        var clock = new ManualTimeProvider();
        var store = database.Another(clock).Catalog;
        await using var watch = await Watch.BeginAsync(store);
        var before = watch.Revision;

        await server.StopAsync("fast");
        foreach (var factor in (int[])[1, 2, 4, 8, 16, 32, 40, 40])
        {
            await clock.WaitForTimerAsync(factor * FirstRetryDelay, Now.Cancel);
            clock.Advance(factor * FirstRetryDelay);
        }

        await clock.WaitForTimerAsync(40 * FirstRetryDelay, Now.Cancel);
        await server.StartAsync();
        clock.Advance(40 * FirstRetryDelay);

        (await watch.NextAsync()).ShouldBe(before);
        (await PatientlyAsync(() => store.WriteAsync([], before, Now.Cancel))).ShouldBe(before + 1);
        (await watch.NextAsync()).ShouldBe(before + 1);

        // One entry for the outage, however often it was tried, and one for its end.
        database.Log.Select(line => line.Split(':')[0]).ShouldBe(["Warning CatalogUnheard", "Information CatalogHeard"]);
        database.Log.ShouldAllBe(line => !line.Contains(PostgresServer.Password));
    }

    [Fact]
    public async Task Watch_BegunWhileTheServerIsUnavailable_WaitsForIt()
    {
        await using var server = new PostgresServer();
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());
        await server.StopAsync("fast");
        var clock = new ManualTimeProvider();
        var revisions = database.Another(clock).Catalog.WatchAsync(Now.Cancel).GetAsyncEnumerator(Now.Cancel);
        await using (revisions)
        {
            var first = revisions.MoveNextAsync();
            await clock.WaitForTimerAsync(FirstRetryDelay, Now.Cancel);
            await server.StartAsync();
            clock.Advance(FirstRetryDelay);

            (await first).ShouldBeTrue();
            revisions.Current.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Use_ServerStopped_FailsAsTransientAndWorksAgainLater()
    {
        await using var server = new PostgresServer();
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());
        var storage = database.Another();
        await storage.Catalog.WriteAsync([], 0, Now.Cancel);

        await server.StopAsync("immediate");

        var failure = await Should.ThrowAsync<StorageException>(() => storage.Catalog.ReadRevisionAsync(Now.Cancel));
        failure.IsTransient.ShouldBeTrue();
        failure.ToString().ShouldNotContain(PostgresServer.Password);
        await server.StartAsync();
        (await PatientlyAsync(() => storage.Catalog.ReadRevisionAsync(Now.Cancel))).ShouldBe(1);
    }

    /// <summary>What its pool keeps of a server that is gone is noticed one connection at a time.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (StorageException failure) when (failure.IsTransient && attempt < 5)
            {
                // Tried again.
            }
        }
    }
}
