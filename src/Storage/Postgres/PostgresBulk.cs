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
    public async Task InsertAsync<TRow>(
        DbConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated,
        CancellationToken cancellationToken)
    {
        if (isRepeated)
        {
            await InsertAllAsync((NpgsqlConnection)connection, insert, rows, names, cancellationToken);
            return;
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
    }

    private static async Task InsertAllAsync<TRow>(
        NpgsqlConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names,
        CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(insert.All, connection);
        await using (command)
        {
            foreach (var column in insert.Columns)
            {
                command.Parameters.AddWithValue(column.Name, column.All(rows, names));
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
