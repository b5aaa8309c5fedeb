using Ensemble.Cluster.Tests.Support;
using Ensemble.Silo.Commands;
using Ensemble.Silo.Membership;
using Ensemble.Testing;
using Npgsql;

namespace Ensemble.Cluster.Tests.Membership;

/// <summary>The command that makes the tables.</summary>
public sealed class MembershipSchemaTests
{
    [Fact]
    public async Task Apply_Twice_ChangesNothing()
    {
        var database = await ClusterDatabase.CreateAsync();
        var once = await database.DescribeAsync();

        (await database.ApplyAsync()).Code.ShouldBe(0);

        (await database.DescribeAsync()).ShouldBe(once);
        MembershipSchema.Queries.Count.ShouldBe(9);
    }

    [Fact]
    public async Task Apply_ManyAtOnce_AllEndWell()
    {
        var database = await ClusterDatabase.CreateAsync(withTables: false);

        var codes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => database.ApplyAsync()));

        codes.ShouldAllBe(result => result.Code == 0);
    }

    [Fact]
    public async Task Apply_ChangedQuery_IsRenewed()
    {
        var database = await ClusterDatabase.CreateAsync();
        await PostgresServer.ExecuteAsync(database.Connection, "UPDATE OrleansQuery SET QueryText = 'SELECT 1' WHERE QueryKey = 'GatewaysQueryKey'");

        await database.ApplyAsync();

        (await database.DescribeAsync()).ShouldContain(MembershipSchema.Queries["GatewaysQueryKey"]);
    }

    [Fact]
    public async Task Apply_WithoutTheRight_SaysSoAndEndsWith1()
    {
        var database = await ClusterDatabase.CreateAsync(withTables: false);
        var connection = await database.AddNodeRoleAsync();
        using var errors = new StringWriter();

        var code = await SchemaCommand.RunAsync(["--Cluster:ConnectionString", connection], TextWriter.Null, errors);

        code.ShouldBe(1);
        errors.ToString().ShouldContain("denies the user");
        errors.ToString().ShouldNotContain(ClusterDatabase.NodePassword);
    }

    [Fact]
    public async Task Exists_WithoutTablesOrWithAQueryMissing_IsFalse()
    {
        var database = await ClusterDatabase.CreateAsync(withTables: false);
        var schema = new MembershipSchema(new NpgsqlConnectionStringBuilder(database.Connection));
        (await schema.ExistsAsync(Now.Cancel)).ShouldBeFalse();

        await schema.ApplyAsync(Now.Cancel);
        (await schema.ExistsAsync(Now.Cancel)).ShouldBeTrue();

        await PostgresServer.ExecuteAsync(database.Connection, "DELETE FROM OrleansQuery WHERE QueryKey = 'CleanupDefunctSiloEntriesKey'");
        (await schema.ExistsAsync(Now.Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Wait_ForAnotherUsersTables_SaysWhatItWaitsForAndEndsWith0()
    {
        var database = await ClusterDatabase.CreateAsync(withTables: false);
        var connection = await database.AddNodeRoleAsync();
        var time = new ManualTimeProvider();
        using var output = new StringWriter { NewLine = "\n" };

        var waiting = SchemaCommand.WaitAsync(["--Cluster:ConnectionString", connection], output, TextWriter.Null, time, Now.Cancel);
        await time.WaitForTimerAsync(SchemaCommand.Pause, Now.Cancel);
        time.Advance(SchemaCommand.Pause);
        await time.WaitForTimerAsync(SchemaCommand.Pause, Now.Cancel);
        (await database.ApplyAsync()).Code.ShouldBe(0);
        time.Advance(SchemaCommand.Pause);
        await time.WaitForTimerAsync(SchemaCommand.Pause, Now.Cancel);
        await database.GrantAsync(connection);
        time.Advance(SchemaCommand.Pause);
        var code = await waiting;

        code.ShouldBe(0);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3, output.ToString());
        lines[0].ShouldBe($"Waiting for the tables: {MembershipCheck.NoTables}");
        lines[1].ShouldContain("denies the user");
        lines[2].ShouldBe("The tables of the cluster are up to date.");
        output.ToString().ShouldNotContain(ClusterDatabase.NodePassword);
    }

    [Fact]
    public async Task Wait_ForTablesOfThisVersion_EndsWhenTheOwnerHasMadeThem()
    {
        var database = await ClusterDatabase.CreateAsync();
        var connection = await database.AddNodeRoleAsync();
        await PostgresServer.ExecuteAsync(
            database.Connection,
            """
            DROP TABLE report_counts, run_feedback, ledger_names, ledger_calls, ledger_runs, ledger_days, ledger_closed CASCADE;
            DROP FUNCTION ledger_name_id, ledger_take_call, ledger_take_run CASCADE;
            DELETE FROM schema_migrations WHERE version >= 7;
            """);
        var time = new ManualTimeProvider();
        using var output = new StringWriter();

        var waiting = SchemaCommand.WaitAsync(["--Cluster:ConnectionString", connection], output, TextWriter.Null, time, Now.Cancel);
        await time.WaitForTimerAsync(SchemaCommand.Pause, Now.Cancel);
        output.ToString().ShouldContain("denies the user");
        (await database.ApplyAsync()).Code.ShouldBe(0);
        time.Advance(SchemaCommand.Pause);

        (await waiting).ShouldBe(0);
    }

    [Fact]
    public async Task Wait_ForTablesOfANewerVersion_EndsWith1()
    {
        var database = await ClusterDatabase.CreateAsync();
        await PostgresServer.ExecuteAsync(database.Connection, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', 0)");
        using var errors = new StringWriter();

        var code = await SchemaCommand.WaitAsync(["--Cluster:ConnectionString", database.Connection], TextWriter.Null, errors, TimeProvider.System, Now.Cancel);

        code.ShouldBe(1);
        errors.ToString().ShouldContain("newer version");
    }

    [Fact]
    public async Task Wait_ForADatabaseThatIsUnavailable_Continues()
    {
        var time = new ManualTimeProvider();
        using var output = new StringWriter();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);

        var waiting = SchemaCommand.WaitAsync(["--Cluster:ConnectionString", "Host=127.0.0.1;Port=1;Username=u"], output, TextWriter.Null, time, end.Token);
        await time.WaitForTimerAsync(SchemaCommand.Pause, Now.Cancel);
        await end.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        output.ToString().ShouldContain("cannot be reached");
    }
}
