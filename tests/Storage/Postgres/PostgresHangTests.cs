using Ensemble.Storage.Postgres;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Storage.Tests.Postgres;

/// <summary>A server that takes connections, and answers nothing on them.</summary>
public sealed class PostgresHangTests
{
    private const string Gate = "model:a";

    /// <summary>What nothing but an endless wait reaches.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Use_ServerHangs_EndsWithTheLimitAndThenAtOnceUntilItAnswers()
    {
        await using var server = new PostgresServer();
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());
        var clock = new ManualTimeProvider();
        var storage = database.Another(clock);
        await storage.Gates.TakeOverAsync(Gate, Now.Cancel);
        clock.Advance(2 * PostgresGuard.Limit);
        await server.SuspendAsync();

        for (var waited = 0; waited < 2; waited++)
        {
            var saving = storage.Gates.SaveAsync(Gate, 1, new byte[1], Now.Cancel);
            await clock.WaitForTimerAsync(PostgresGuard.Limit, Now.Cancel);
            saving.IsCompleted.ShouldBeFalse();
            clock.Advance(PostgresGuard.Limit);
            (await Should.ThrowAsync<StorageException>(saving)).IsTransient.ShouldBeTrue();
        }

        // The clock stands still: none of these waits.
        (await Should.ThrowAsync<StorageException>(() => storage.Gates.TakeOverAsync(Gate, Now.Cancel))).IsTransient.ShouldBeTrue();
        await Should.ThrowAsync<StorageException>(() => storage.Catalog.ReadRevisionAsync(Now.Cancel));
        (storage.IsAnswering, storage.Timeouts).ShouldBe((false, 4));
        database.Log.Count(line => line.StartsWith("Warning DatabaseUnanswered", StringComparison.Ordinal)).ShouldBe(1);
        database.Log.ShouldAllBe(line => !line.Contains(PostgresServer.Password));

        await server.ResumeAsync();
        clock.Advance(PostgresGuard.Pause);
        (await storage.Gates.TakeOverAsync(Gate, Now.Cancel)).Epoch.ShouldBeGreaterThan(1);
        storage.IsAnswering.ShouldBeTrue();
        database.Log.Count(line => line.StartsWith("Information DatabaseAnswers", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_ServerHangs_NeitherTheCallerNorWhoCancelsWaitsForIt()
    {
        await using var server = new PostgresServer();
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());
        var storage = database.Another(new ManualTimeProvider());
        await storage.Gates.TakeOverAsync(Gate, Now.Cancel);
        await server.SuspendAsync();
        using var leaves = new CancellationTokenSource();
        var asking = storage.Catalog.ReadRevisionAsync(leaves.Token);

        var leaving = leaves.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(Task.WhenAll(asking, leaving).WaitAsync(Soon, Now.Cancel));
        storage.Timeouts.ShouldBe(0, "a caller that leaves says nothing of the database");
    }
}
