using System.Data.Common;
using System.Runtime.InteropServices;

namespace Ensemble.Storage.Sql;

/// <summary>A connection for the length of one job. Values are parameters, always.</summary>
internal readonly struct SqlSession(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    /// <summary>Of each command, in seconds; null = the connection's.</summary>
    public int? TimeoutSeconds { get; init; }

    public CancellationToken Cancel => cancellationToken;

    /// <returns>Rows that were changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        var command = Command(sql, parameters);
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Within the session's transaction, as <see cref="ISqlBulk"/> says.</summary>
    public Task<IReadOnlyList<TRow>> InsertAsync<TRow>(
        SqlDialect dialect, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated) =>
        rows.Count == 0 ? Task.FromResult(rows) : dialect.Bulk.InsertAsync(connection, insert, rows, names, isRepeated, cancellationToken);

    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object Value)[] parameters)
    {
        var rows = new List<T>();
        var command = Command(sql, parameters);
        await using (command)
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken);
            await using (reader)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(row(reader));
                }
            }
        }

        return rows;
    }

    /// <summary>What follows happens whole or not at all.</summary>
    public async Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work)
    {
        var begun = await connection.BeginTransactionAsync(cancellationToken);
        await using (begun)
        {
            var result = await work(new SqlSession(connection, begun, cancellationToken) { TimeoutSeconds = TimeoutSeconds });
            await begun.CommitAsync(cancellationToken);
            return result;
        }
    }

    /// <summary>The bytes as a parameter takes them; a copy only where they are part of something larger.</summary>
    internal static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } array && segment.Count == array.Length
            ? array : bytes.ToArray();

    private DbCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.CommandTimeout = TimeoutSeconds ?? command.CommandTimeout;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is ReadOnlyMemory<byte> bytes ? ToArray(bytes) : value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
