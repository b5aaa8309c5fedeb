using System.Data.Common;

namespace Ensemble.Storage.Sql;

/// <summary>Inserts many rows in the way that costs a database least.</summary>
internal interface ISqlBulk
{
    /// <summary>Within a transaction of the connection.</summary>
    /// <param name="isRepeated">
    /// Whether keys may be there already. Without it the statement may fail for such a key, with SQLSTATE <see cref="UniqueViolation"/>,
    /// and is to be repeated with it in a new transaction.
    /// </param>
    Task InsertAsync<TRow>(
        DbConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated,
        CancellationToken cancellationToken);

    const string UniqueViolation = "23505";
}
