namespace Ensemble.Storage.Sql;

/// <summary>What SQLite and PostgreSQL do not say in the same words.</summary>
internal sealed record SqlDialect
{
    /// <summary>The folder of its migrations.</summary>
    public required string Name { get; init; }

    /// <summary>Gives a row where there is a table <c>schema_migrations</c>.</summary>
    public required string FindMigrations { get; init; }

    /// <summary>Lets one process at a time migrate, until its connection closes; null where beginning a transaction does as much.</summary>
    public string? LockMigrations { get; init; }

    /// <summary>Ends a query for rows to delete, so that two who delete at once do not wait for each other.</summary>
    public string SkipLocked { get; init; } = "";

    /// <summary>Whether a parameter can be an array; else a list is a JSON array.</summary>
    public bool HasArrays { get; init; }

    public required ISqlBulk Bulk { get; init; }

    /// <summary>The condition that a value is in the list which a parameter has.</summary>
    public string InList(string parameter) => HasArrays ? $"= ANY(@{parameter})" : $"IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>A run's name as a parameter takes it.</summary>
    public object Run(RunId run)
    {
        var bytes = new byte[RunId.Bytes];
        run.CopyTo(bytes);
        return HasArrays ? new Guid(bytes, bigEndian: true) : bytes;
    }

    /// <summary>
    /// Tells other processes within the transaction that <c>@revision</c> is the catalog's new one; null where nothing does.
    /// </summary>
    public string? AnnounceRevision { get; init; }
}
