using Ensemble.Silo.Options;
using Ensemble.Storage;
using Ensemble.Storage.Postgres;
using Npgsql;

namespace Ensemble.Silo.Membership;

/// <summary>The tables and queries by which Orleans' silos find each other. They are made by a command, never by a silo.</summary>
internal sealed class MembershipSchema(NpgsqlConnectionStringBuilder connection)
{
    /// <summary>"orleans" in ASCII: one process at a time changes tables, whichever cluster it belongs to.</summary>
    private const long Lock = 31_369_532_297_801_331;

    private const string WriteQuery =
        """
        INSERT INTO OrleansQuery AS stored (QueryKey, QueryText) VALUES (@key, @text)
        ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE stored.QueryText <> excluded.QueryText
        """;

    private const string Prefix = "queries/";

    private readonly string _database =
        $"The PostgreSQL database {connection.Database ?? connection.Username} at {connection.Host}:{connection.Port}";

    /// <summary>The queries by their keys.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = typeof(MembershipSchema).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]), Resource, StringComparer.Ordinal);

    /// <summary>Makes what is missing and renews queries that differ, in one transaction.</summary>
    /// <exception cref="StorageException">The database is away, or refused.</exception>
    public Task ApplyAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var opened = await OpenAsync(cancellationToken);
        await using var transaction = await opened.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(opened, $"SELECT pg_advisory_xact_lock({Lock})", cancellationToken);
        await ExecuteAsync(opened, Resource("tables.sql"), cancellationToken);
        foreach (var (key, text) in Queries)
        {
            await ExecuteAsync(opened, WriteQuery, cancellationToken, ("key", key), ("text", text));
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    /// <returns>Whether a silo finds every query it needs.</returns>
    /// <exception cref="StorageException">The database is away, or refused.</exception>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var opened = await OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand("SELECT to_regclass('OrleansQuery') IS NOT NULL", opened);
        if (await find.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return false;
        }

        await using var count = new NpgsqlCommand("SELECT count(*) FROM OrleansQuery WHERE QueryKey = ANY(@keys)", opened);
        count.Parameters.AddWithValue("keys", Queries.Keys.ToArray());
        return await count.ExecuteScalarAsync(cancellationToken) is long found && found == Queries.Count;
    });

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = new NpgsqlConnection(connection.ConnectionString);
        try
        {
            await opened.OpenAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (Translate(exception) is not null)
        {
            throw Translate(exception)!;
        }
    }

    private StorageException? Translate(Exception exception) =>
        PostgresErrors.Translate(exception, _database, connection.Username, NodeConfiguration.Connection);

    private static async Task ExecuteAsync(
        NpgsqlConnection opened, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, opened);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(MembershipSchema).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
