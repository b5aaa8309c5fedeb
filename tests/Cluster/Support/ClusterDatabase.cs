using System.Globalization;
using Ensemble.Silo;
using Ensemble.Testing;
using Npgsql;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A database with the cluster's tables, and what tests ask of it.</summary>
internal sealed class ClusterDatabase
{
    public const string NodePassword = "only-data-7";

    private ClusterDatabase(string connection) => Connection = connection;

    public string Connection { get; }

    /// <summary>Skips the test where there is no PostgreSQL.</summary>
    /// <param name="server">The test's own; null = that of all tests.</param>
    public static async Task<ClusterDatabase> CreateAsync(bool withTables = true, PostgresServer? server = null)
    {
        server ??= (await TestContext.Current.GetFixture<PostgresServer>())!;
        var database = new ClusterDatabase(await server.CreateDatabaseAsync());
        if (withTables)
        {
            (await database.ApplyAsync()).ShouldBe((0, "The tables of the cluster are up to date.\n", ""));
        }

        return database;
    }

    /// <summary>The program's command, in this process.</summary>
    public async Task<(int Code, string Output, string Errors)> ApplyAsync()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var errors = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var code = await Program.CommandLine().RunAsync(["schema", "--Cluster:ConnectionString", Connection], output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    /// <returns>The connection string of a new role that may read and write rows, and nothing else.</returns>
    public async Task<string> AddNodeRoleAsync()
    {
        var name = $"node_{Guid.NewGuid():n}";
        await PostgresServer.ExecuteAsync(
            Connection,
            $"""
            CREATE ROLE {name} LOGIN PASSWORD '{NodePassword}';
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            """);
        var connection = new NpgsqlConnectionStringBuilder(Connection) { Username = name, Password = NodePassword }.ConnectionString;
        await GrantAsync(connection);
        return connection;
    }

    /// <summary>Gives a role of <see cref="AddNodeRoleAsync"/> its rights in the tables that are there now.</summary>
    public Task GrantAsync(string connection) => PostgresServer.ExecuteAsync(
        Connection,
        $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {new NpgsqlConnectionStringBuilder(connection).Username}");

    /// <summary>A picture of all tables, columns and keys, and of every row of the queries with the moment it was written.</summary>
    public async Task<string> DescribeAsync()
    {
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync(Now.Cancel);
        await using var command = new NpgsqlCommand(
            """
            SELECT string_agg(line, chr(10) ORDER BY line) FROM (
                SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length) AS line FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL SELECT concat_ws(' ', table_name, constraint_type, constraint_name) FROM information_schema.table_constraints WHERE table_schema = 'public'
                UNION ALL SELECT concat_ws(' ', xmin, QueryKey, QueryText) FROM OrleansQuery) AS lines
            """,
            connection);
        return (string)(await command.ExecuteScalarAsync(Now.Cancel))!;
    }
}
