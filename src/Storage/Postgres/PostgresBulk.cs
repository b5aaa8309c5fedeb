using System.Data.Common;
using Ensemble.Storage.Sql;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>
/// By COPY, which costs the server half of what INSERT does, but knows no conflicts. Where keys may be there already, as in a batch whose
/// commit was not acknowledged, by one INSERT with an array a column.
/// </summary>
internal sealed class PostgresBulk : ISqlBulk
{
    public async Task<IReadOnlyList<TRow>> InsertAsync<TRow>(
        DbConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated,
        CancellationToken cancellationToken)
    {
        if (isRepeated)
        {
            return await InsertAllAsync((NpgsqlConnection)connection, insert, rows, names, cancellationToken);
        }

        var copy = await ((NpgsqlConnection)connection).BeginRawBinaryCopyAsync(
            $"COPY {insert.Target} FROM STDIN (FORMAT BINARY)", cancellationToken);
        await using (copy)
        {
            var buffer = new PostgresRows(insert.Columns.Count);
            foreach (var row in rows)
            {
                buffer.Begin();
                foreach (var column in insert.Columns)
                {
                    column.Write(buffer, row, names);
                }

                if (buffer.IsLong)
                {
                    await copy.WriteAsync(buffer.Written, cancellationToken);
                    buffer.Clear();
                }
            }

            buffer.End();
            await copy.WriteAsync(buffer.Written, cancellationToken);
        }

        return rows;
    }

    private static async Task<IReadOnlyList<TRow>> InsertAllAsync<TRow>(
        NpgsqlConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names,
        CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(insert.Key is null ? insert.All : $"{insert.All} RETURNING {insert.Key.Columns}", connection);
        await using (command)
        {
            foreach (var column in insert.Columns)
            {
                command.Parameters.AddWithValue(column.Name, column.All(rows, names));
            }

            if (insert.Key is not { } key)
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
                return rows;
            }

            var inserted = new HashSet<object>();
            var reader = await command.ExecuteReaderAsync(cancellationToken);
            await using (reader)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    inserted.Add(key.Read(reader));
                }
            }

            // Of a key that is in the batch twice the first row is there now.
            return [.. rows.Where(row => inserted.Remove(key.Of(row)))];
        }
    }
}
