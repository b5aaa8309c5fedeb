using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;
using Npgsql;

namespace Ensemble.Cluster.Tests.Membership;

/// <summary>The queries, as Orleans' own table of members uses them.</summary>
public sealed class MembershipTableTests
{
    [Fact]
    public async Task Insert_FirstMember_IsReadBackWhole()
    {
        var table = await Member.OpenTableAsync((await ClusterDatabase.CreateAsync()).Connection);
        var (empty, silo) = (await table.ReadAllAsync(), Member.Of(11111));
        empty.Members.ShouldBeEmpty();
        empty.Version.Version.ShouldBe(0);

        (await table.InsertRowAsync(silo, empty.Version.Next())).ShouldBeTrue();

        var one = await table.ReadRowAsync(silo.SiloAddress);
        one.Version.Version.ShouldBe(1);
        var read = one.Members.ShouldHaveSingleItem().Item1;
        read.ToFullString().ShouldBe(silo.ToFullString());
        (await table.ReadRowAsync(Member.Of(11112).SiloAddress)).Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task Update_StatusAndSuspicion_RaisesTheVersion()
    {
        var table = await Member.OpenTableAsync((await ClusterDatabase.CreateAsync()).Connection);
        var silo = Member.Of(11111);
        await table.InsertRowAsync(silo, (await table.ReadAllAsync()).Version.Next());
        silo.Status = SiloStatus.ShuttingDown;
        silo.AddSuspector(Member.Of(11112).SiloAddress, silo.StartTime);
        var (row, etag) = (await table.ReadAllAsync()).Members[0];

        (await table.UpdateRowAsync(silo, etag, (await table.ReadAllAsync()).Version.Next())).ShouldBeTrue();

        var all = await table.ReadAllAsync();
        all.Version.Version.ShouldBe(2);
        all.Members[0].Item1.Status.ShouldBe(SiloStatus.ShuttingDown);
        all.Members[0].Item1.SuspectTimes.ShouldHaveSingleItem().Item1.ShouldBe(Member.Of(11112).SiloAddress);
        row.Status.ShouldBe(SiloStatus.Active);
    }

    [Fact]
    public async Task InsertAndUpdate_OldVersionOrNoSuchMember_ChangeNothing()
    {
        var table = await Member.OpenTableAsync((await ClusterDatabase.CreateAsync()).Connection);
        var first = (await table.ReadAllAsync()).Version;
        await table.InsertRowAsync(Member.Of(11111), first.Next());
        var second = (await table.ReadAllAsync()).Version;

        (await table.InsertRowAsync(Member.Of(11112), first.Next())).ShouldBeFalse();
        (await table.UpdateRowAsync(Member.Of(11111, SiloStatus.Dead), "0", first.Next())).ShouldBeFalse();
        (await table.InsertRowAsync(Member.Of(11111), second.Next())).ShouldBeFalse();
        (await table.UpdateRowAsync(Member.Of(11113), "0", second.Next())).ShouldBeFalse();

        var all = await table.ReadAllAsync();
        all.Version.Version.ShouldBe(1);
        all.Members.ShouldHaveSingleItem().Item1.Status.ShouldBe(SiloStatus.Active);
    }

    [Fact]
    public async Task InsertAndUpdate_ManyOnOneVersion_OneWins()
    {
        var database = await ClusterDatabase.CreateAsync();
        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Member.OpenTableAsync(database.Connection)));
        await tables[0].InsertRowAsync(Member.Of(11100), (await tables[0].ReadAllAsync()).Version.Next());
        for (var round = 0; round < 20; round++)
        {
            var version = (await tables[0].ReadAllAsync()).Version;
            var port = 12000 + (round * 10);

            // Every second one changes the member that is there; the others are new.
            var wins = await Task.WhenAll(tables.Select((table, index) => index % 2 == 0
                ? table.UpdateRowAsync(Member.Of(11100), "0", version.Next())
                : table.InsertRowAsync(Member.Of(port + index), version.Next())));

            wins.Count(won => won).ShouldBe(1);
            (await tables[0].ReadAllAsync()).Version.Version.ShouldBe(version.Version + 1);
        }
    }

    [Fact]
    public async Task Insert_WhileAnotherHoldsTheVersion_WaitsAndLoses()
    {
        var database = await ClusterDatabase.CreateAsync();
        var table = await Member.OpenTableAsync(database.Connection);
        var version = (await table.ReadAllAsync()).Version;
        await using var connection = new NpgsqlConnection(database.Connection);
        await connection.OpenAsync(Now.Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Now.Cancel);
        await using var raise = new NpgsqlCommand("UPDATE OrleansMembershipVersionTable SET Version = Version + 1", connection);
        await raise.ExecuteNonQueryAsync(Now.Cancel);

        var losing = table.InsertRowAsync(Member.Of(11111), version.Next());
        await WaitForLockAsync(database.Connection);
        losing.IsCompleted.ShouldBeFalse();
        await transaction.CommitAsync(Now.Cancel);

        (await losing).ShouldBeFalse();
        (await table.ReadAllAsync()).Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cleanup_DeadAndSilent_AreDeletedAloneInTheirCluster()
    {
        var database = await ClusterDatabase.CreateAsync();
        var (table, other) = (await Member.OpenTableAsync(database.Connection), await Member.OpenTableAsync(database.Connection, "other"));
        var (old, recent) = (new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2030, 1, 3, 0, 0, 0, DateTimeKind.Utc));
        foreach (var entry in new[] { Member.Of(1, SiloStatus.Dead, old), Member.Of(2, SiloStatus.Dead, recent), Member.Of(3, SiloStatus.Active, old) })
        {
            await table.InsertRowAsync(entry, (await table.ReadAllAsync()).Version.Next());
        }

        await other.InsertRowAsync(Member.Of(1, SiloStatus.Dead, old), (await other.ReadAllAsync()).Version.Next());

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(old.AddDays(1)));

        (await table.ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress.Endpoint.Port).Order().ShouldBe([2, 3]);
        (await other.ReadAllAsync()).Members.Count.ShouldBe(1);
    }

    [Fact]
    public async Task UpdateIAmAlive_OfAMember_LeavesTheVersion()
    {
        var table = await Member.OpenTableAsync((await ClusterDatabase.CreateAsync()).Connection);
        await table.InsertRowAsync(Member.Of(11111), (await table.ReadAllAsync()).Version.Next());
        var later = Member.Of(11111, alive: new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        await table.UpdateIAmAliveAsync(later);

        var all = await table.ReadAllAsync();
        all.Version.Version.ShouldBe(1);
        all.Members[0].Item1.IAmAliveTime.ShouldBe(later.IAmAliveTime);
    }

    [Fact]
    public async Task Delete_OfACluster_LeavesTheOthers()
    {
        var database = await ClusterDatabase.CreateAsync();
        var (table, other) = (await Member.OpenTableAsync(database.Connection), await Member.OpenTableAsync(database.Connection, "other"));
        await table.InsertRowAsync(Member.Of(1), (await table.ReadAllAsync()).Version.Next());
        await other.InsertRowAsync(Member.Of(1), (await other.ReadAllAsync()).Version.Next());

        await table.DeleteMembershipTableEntriesAsync("ensemble");
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true);

        (await table.ReadAllAsync()).Members.ShouldBeEmpty();
        (await other.ReadAllAsync()).Members.Count.ShouldBe(1);
    }

    /// <summary>Asks the server, not the clock, whether somebody waits for a lock.</summary>
    private static async Task WaitForLockAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Now.Cancel);
        await using var waiting = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        await Eventually.TrueAsync(async () => await waiting.ExecuteScalarAsync(Now.Cancel) is > 0L, Now.Cancel);
    }
}
