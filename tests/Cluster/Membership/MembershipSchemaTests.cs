using Ensemble.Cluster.Tests.Support;
using Ensemble.Silo.Membership;
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
        await Testing.PostgresServer.ExecuteAsync(database.Connection, "UPDATE OrleansQuery SET QueryText = 'SELECT 1' WHERE QueryKey = 'GatewaysQueryKey'");

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

        await Testing.PostgresServer.ExecuteAsync(database.Connection, "DELETE FROM OrleansQuery WHERE QueryKey = 'CleanupDefunctSiloEntriesKey'");
        (await schema.ExistsAsync(Now.Cancel)).ShouldBeFalse();
    }
}
