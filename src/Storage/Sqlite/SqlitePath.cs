using System.Data.Common;

namespace Ensemble.Storage.Sqlite;

/// <summary>Finds the file in a connection string.</summary>
internal static class SqlitePath
{
    private static readonly string[] Keys = ["data source", "datasource", "filename"];

    /// <returns>The absolute path.</returns>
    /// <exception cref="StorageException">It names no file, or asks for more than a file. Not shown: it may be PostgreSQL's, with a
    /// password.</exception>
    public static string Of(string? connectionString)
    {
        var text = string.IsNullOrWhiteSpace(connectionString) ? StorageOptions.DefaultSqlite : connectionString;
        if (Read(text) is not { } path)
        {
            throw new StorageException(
                "The connection string of SQLite is 'Data Source=PATH', and this one is not; the default is "
                + $"'{StorageOptions.DefaultSqlite}'. "
                    + "Correct Storage:ConnectionString, or set Storage:Provider to postgres or memory if that is what it is for.",
                isTransient: false);
        }

        return Path.GetFullPath(path);
    }

    private static string? Read(string text)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = text };
            var path = builder.Count == 1 && builder.Keys.Cast<string>().All(key => Keys.Contains(key, StringComparer.OrdinalIgnoreCase))
                ? builder.Values.Cast<object>().Single().ToString()
                : null;

            // A name of SQLite's own for what is no file.
            return string.IsNullOrWhiteSpace(path) || path.StartsWith(':') || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                ? null
                : path;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
