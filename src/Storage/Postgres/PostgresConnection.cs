using System.Data.Common;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>Reads a connection string and fills in what an operator left out.</summary>
internal static class PostgresConnection
{
    /// <summary>Of a command and of opening a connection, in seconds.</summary>
    private const int TimeoutSeconds = 5;

    /// <summary>Each connection to a server that hangs may hold a thread, while Npgsql cancels its command.</summary>
    private const int MaxPoolSize = 16;

    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <param name="option">The option that holds it, which is named in errors.</param>
    /// <exception cref="StorageException">It is none. What is wrong is not shown: a badly quoted password looks like a keyword.</exception>
    public static NpgsqlConnectionStringBuilder Read(string? connectionString, string option = "Storage:ConnectionString")
    {
        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var builder = new NpgsqlConnectionStringBuilder(connectionString)
            {
                // Both could carry values or secrets into messages.
                IncludeErrorDetail = false,
                PersistSecurityInfo = false,
            };
            builder.CommandTimeout = Has(given, "CommandTimeout") ? builder.CommandTimeout : TimeoutSeconds;
            builder.Timeout = Has(given, "Timeout") ? builder.Timeout : TimeoutSeconds;
            builder.MaxPoolSize = Has(given, "MaximumPoolSize") || Has(given, "MaxPoolSize")
                ? builder.MaxPoolSize
                : Math.Max(MaxPoolSize, builder.MinPoolSize);
            builder.ApplicationName ??= "ensemble";
            return string.IsNullOrWhiteSpace(builder.Host) ? throw Refused(option, "It names no host.") : builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw Refused(
                option, "A keyword is unknown, or a value is not of its kind; a value that holds ';' or quotes has to be quoted.");
        }
    }

    private static bool Has(DbConnectionStringBuilder given, string keyword) =>
        given.Keys.Cast<string>().Any(
            key => string.Equals(key.Replace(" ", "", StringComparison.Ordinal), keyword, StringComparison.OrdinalIgnoreCase));

    private static StorageException Refused(string option, string why) => new(
        $"{option} cannot be read. {why} PostgreSQL's is 'Host=…;Port=5432;Database=…;Username=…;Password=…'.", isTransient: false);
}
