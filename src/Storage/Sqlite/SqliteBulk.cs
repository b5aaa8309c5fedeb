using System.Data.Common;
using System.Runtime.CompilerServices;
using Ensemble.Storage.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ensemble.Storage.Sqlite;

/// <summary>
/// Row by row through one prepared statement of SQLite's own interface. There are no round trips to save; what costs is what the library
/// for ADO.NET does for each execution: it looks parameters up by name, boxes values and makes a reader, which is several times the insert
/// itself.
/// </summary>
internal sealed class SqliteBulk : ISqlBulk
{
    public Task<IReadOnlyList<TRow>> InsertAsync<TRow>(
        DbConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated,
        CancellationToken cancellationToken)
    {
        var database = ((SqliteConnection)connection).Handle!;
        Check(raw.sqlite3_prepare_v2(database, insert.One, out var statement), database);
        var inserted = insert.Key is null ? null : new List<TRow>(rows.Count);
        using (statement)
        {
            var values = new Values(statement);
            foreach (var row in rows)
            {
                values.Clear();
                foreach (var column in insert.Columns)
                {
                    column.Write(values, row, names);
                }

                var result = raw.sqlite3_step(statement);
                raw.sqlite3_reset(statement);
                Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result, database);
                if (raw.sqlite3_changes(database) > 0)
                {
                    inserted?.Add(row);
                }
            }
        }

        return Task.FromResult(inserted ?? rows);
    }

    private static void Check(int result, sqlite3 database) => SqliteException.ThrowExceptionForRC(result, database);

    /// <summary>Parameters are numbered in the order in which the statement names them, from 1.</summary>
    private sealed class Values(sqlite3_stmt statement) : ISqlValues
    {
        private int _place;

        public void Clear() => _place = 0;

        public void Add<T>(T value)
        {
            _place++;
            if (typeof(T) == typeof(int))
            {
                raw.sqlite3_bind_int64(statement, _place, Unsafe.As<T, int>(ref value));
            }
            else if (typeof(T) == typeof(long))
            {
                raw.sqlite3_bind_int64(statement, _place, Unsafe.As<T, long>(ref value));
            }
            else if (typeof(T) == typeof(int?))
            {
                Bind(Unsafe.As<T, int?>(ref value));
            }
            else if (typeof(T) == typeof(long?))
            {
                Bind(Unsafe.As<T, long?>(ref value));
            }
            else if (typeof(T) == typeof(double?))
            {
                Bind(Unsafe.As<T, double?>(ref value));
            }
            else if (typeof(T) == typeof(RunId))
            {
                Bind(Unsafe.As<T, RunId>(ref value));
            }
            else if (value is string text)
            {
                raw.sqlite3_bind_text(statement, _place, text);
            }
            else if (value is byte[] bytes)
            {
                raw.sqlite3_bind_blob(statement, _place, bytes);
            }
            else
            {
                throw new NotSupportedException($"No column has values of {typeof(T)}.");
            }
        }

        private void Bind(long? value)
        {
            if (value is { } number)
            {
                raw.sqlite3_bind_int64(statement, _place, number);
            }
            else
            {
                raw.sqlite3_bind_null(statement, _place);
            }
        }

        private void Bind(double? value)
        {
            if (value is { } number)
            {
                raw.sqlite3_bind_double(statement, _place, number);
            }
            else
            {
                raw.sqlite3_bind_null(statement, _place);
            }
        }

        private void Bind(RunId run)
        {
            Span<byte> bytes = stackalloc byte[RunId.Bytes];
            run.CopyTo(bytes);
            raw.sqlite3_bind_blob(statement, _place, bytes);
        }
    }
}
