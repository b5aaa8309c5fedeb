using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Ensemble.Storage;

/// <summary>Which database, and where it is.</summary>
public sealed record StorageOptions : IValidatableObject
{
    /// <summary>Where SQLite keeps its file if nobody says otherwise. Relative paths start at the working folder.</summary>
    public const string DefaultSqlite = "Data Source=data/ensemble.db";

    /// <summary>Default SQLite.</summary>
    [ConfigurationKeyName("Storage:Provider")]
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>
    /// SQLite: <c>Data Source=PATH</c>, default <see cref="DefaultSqlite"/>. PostgreSQL: as Npgsql takes it, no default. May hold a
    /// password, so it is never printed. Without meaning for memory.
    /// </summary>
    [ConfigurationKeyName("Storage:ConnectionString")]
    public string? ConnectionString { get; init; }

    /// <summary>How long sub-calls and runs are kept, in whole days; 0 = for ever. Default 90. Without meaning for memory.</summary>
    [ConfigurationKeyName("Usage:RetentionDays"), Range(0, 36_500)]
    public int UsageRetentionDays { get; init; } = 90;

    /// <summary>What attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        this is not { Provider: StorageProvider.Postgres, ConnectionString: null } ? []
        : [
            new ValidationResult(
                "postgres needs one, as 'Host=…;Database=…;Username=…;Password=…'. Give it in the environment, as "
                + "Storage__ConnectionString: a command line is for everybody on the machine to read.",
                [nameof(ConnectionString)]),
        ];

    // What a record prints ends up in logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(nameof(Provider)).Append(" = ").Append(Provider);
        return true;
    }
}

/// <summary>Where things are kept.</summary>
public enum StorageProvider
{
    /// <summary>A file, for one process.</summary>
    Sqlite,

    /// <summary>A server, for many processes.</summary>
    Postgres,

    /// <summary>Nowhere: everything is gone when the process ends.</summary>
    Memory,
}
