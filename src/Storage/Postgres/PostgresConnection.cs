using System.Data.Common;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>Reads a connection string and fills in what an operator left out.</summary>
internal static class PostgresConnection
{
    /// <summary>Of a command and of opening a connection, in seconds.</summary>
    private const int TimeoutSeconds = 5;

    /// <exception cref="StorageException">It is none. What is wrong is not shown: a badly quoted password looks like a keyword.</exception>
    public static NpgsqlConnectionStringBuilder Read(string? connectionString)
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
            builder.ApplicationName ??= "ensemble";
            return string.IsNullOrWhiteSpace(builder.Host) ? throw Refused("It names no host.") : builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw Refused("A keyword is unknown, or a value is not of its kind; a value that holds ';' or quotes has to be quoted.");
        }
    }

    private static bool Has(DbConnectionStringBuilder given, string keyword) =>
        given.Keys.Cast<string>().Any(key => string.Equals(key.Replace(" ", "", StringComparison.Ordinal), keyword, StringComparison.OrdinalIgnoreCase));

    private static StorageException Refused(string why) => new(
        $"Storage:ConnectionString cannot be read. {why} PostgreSQL's is 'Host=…;Port=5432;Database=…;Username=…;Password=…'.", isTransient: false);
}
