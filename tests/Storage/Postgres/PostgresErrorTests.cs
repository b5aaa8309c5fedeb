using Ensemble.Storage.Hosting;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ensemble.Storage.Tests.Postgres;

/// <summary>What can be wrong with a server is said in one sentence, without the password.</summary>
public sealed class PostgresErrorTests
{
    private const string Secret = "s3cret-word";

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Username=u;Password=" + Secret)]
    [InlineData("Host=db;Password=half;" + Secret + "=1")]
    [InlineData("Host=db;Port=" + Secret)]
    [InlineData("Host=db;SSL Mode=" + Secret)]
    [InlineData(Secret)]
    public void Create_ConnectionStringThatIsNone_SaysWhatOneIsAndNothingOfIt(string connectionString)
    {
        var failure = Should.Throw<StorageException>(() => Of(connectionString));

        failure.IsTransient.ShouldBeFalse();
        failure.Message.ShouldContain("Host=…");
        failure.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public void Print_Options_DoNotShowTheConnectionString() =>
        new StorageOptions { Provider = StorageProvider.Postgres, ConnectionString = Secret }.ToString().ShouldBe("StorageOptions { Provider = Postgres }");

    [Fact]
    public async Task Open_NobodyListens_IsTransientAndNamesTheServer()
    {
        var failure = await FailureAsync($"Host=127.0.0.1;Port=1;Database=d;Username=u;Password={Secret}");

        failure.IsTransient.ShouldBeTrue();
        failure.Message.ShouldContain("127.0.0.1:1");
        failure.Message.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Open_WrongPassword_NamesTheUser()
    {
        var failure = await FailureAsync(await ConnectionAsync(connection => connection.Password = Secret));

        failure.IsTransient.ShouldBeFalse();
        failure.Message.ShouldContain($"'{PostgresServer.User}'");
    }

    [Fact]
    public async Task Open_DatabaseThatIsMissing_SaysThatItHasToBeCreated()
    {
        var failure = await FailureAsync(await ConnectionAsync(connection => connection.Database = "nowhere"));

        failure.Message.ShouldContain("nowhere");
        failure.Message.ShouldContain("CREATE DATABASE");
    }

    [Fact]
    public async Task Open_SchemaThatIsMissing_SaysThatItHasToBeCreated() =>
        (await FailureAsync(await ConnectionAsync(connection => connection.SearchPath = "nowhere"))).Message.ShouldContain("CREATE SCHEMA");

    [Fact]
    public async Task Open_SearchPath_KeepsTwoCatalogsApart()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await database.QueryAsync("CREATE SCHEMA one; CREATE SCHEMA two;");
        foreach (var schema in (string[])["one", "two"])
        {
            await using var storage = Of(new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { SearchPath = schema }.ConnectionString);
            (await storage.Catalog.WriteAsync([], 0, Now.Cancel)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Open_UserWhoMayNotCreateTables_NeedsThemToBeThere()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var role = "plain_" + Guid.NewGuid().ToString("N");
        await database.QueryAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Secret}'");
        var plain = new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { Username = role, Password = Secret }.ConnectionString;

        var failure = await FailureAsync(plain);

        failure.Message.ShouldContain($"'{role}'");
        failure.Message.ShouldContain("CREATE on the schema");
        await database.Another().OpenAsync(Now.Cancel);
        await database.QueryAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}");
        await using var storage = Of(plain);
        (await storage.Catalog.WriteAsync([], 0, Now.Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Write_RowThatAnotherHolds_TimesOutAsTransient()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await database.Another().OpenAsync(Now.Cancel);
        await using var storage = Of(new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { CommandTimeout = 1 }.ConnectionString);
        await using var other = new NpgsqlConnection(database.Options.ConnectionString);
        await other.OpenAsync(Now.Cancel);
        await using var holding = await other.BeginTransactionAsync(Now.Cancel);
        await using var command = new NpgsqlCommand("UPDATE catalog_revision SET revision = revision", other, holding);
        await command.ExecuteNonQueryAsync(Now.Cancel);

        var failure = await Should.ThrowAsync<StorageException>(() => storage.Catalog.WriteAsync([], 0, Now.Cancel));

        failure.IsTransient.ShouldBeTrue();
        await holding.RollbackAsync(Now.Cancel);
        (await storage.Catalog.WriteAsync([], 0, Now.Cancel)).ShouldBe(1);
    }

    private static async Task<string> ConnectionAsync(Action<NpgsqlConnectionStringBuilder> change)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var connection = new NpgsqlConnectionStringBuilder(database.Options.ConnectionString);
        change(connection);
        return connection.ConnectionString;
    }

    private static IEnsembleStorage Of(string connectionString) => EnsembleStorage.Create(
        new StorageOptions { Provider = StorageProvider.Postgres, ConnectionString = connectionString }, TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task<StorageException> FailureAsync(string connectionString)
    {
        await using var storage = Of(connectionString);
        var failure = await Should.ThrowAsync<StorageException>(() => storage.OpenAsync(Now.Cancel));
        failure.ToString().ShouldNotContain(Secret);
        failure.ToString().ShouldNotContain(PostgresServer.Password);
        failure.Message.ShouldNotContain("\n");
        return failure;
    }
}
