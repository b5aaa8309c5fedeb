using System.Net.Sockets;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>Says what to do about a failure of the server.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether a connection that fails like this is worth trying again.</summary>
    public static bool IsOutage(Exception exception) => exception is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <param name="exception">What was thrown.</param>
    /// <param name="name">The database, as the beginning of a sentence.</param>
    /// <param name="user">Who asked.</param>
    /// <param name="option">Where the connection string stands.</param>
    /// <returns>Null for what is no failure of the database.</returns>
    public static StorageException? Translate(
        Exception exception, string name, string? user, string option = "Storage:ConnectionString") => exception switch
        {
            PostgresException refused => new(
                $"{name} {Describe(refused, user, option)}",
                refused.IsTransient || refused.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
                exception),
            _ when IsOutage(exception) => new(
                $"{name} cannot be reached, or did not answer in time: {(exception.InnerException ?? exception).Message} "
                    + $"Check that the server runs, and Host and Port in {option}.",
                exception is not NpgsqlException npgsql || npgsql.IsTransient,
                exception),
            _ => null,
        };

    private static string Describe(PostgresException exception, string? user, string option) => exception.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"does not let the user '{user}' in. Check Username and Password in {option}, and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => $"does not exist. Create it (CREATE DATABASE), or correct Database in {option}.",
        PostgresErrorCodes.InvalidSchemaName => "has no schema to create tables in. Create the one that the search path names (CREATE SCHEMA).",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"denies the user '{user}' a right: {exception.MessageText}. "
                + "It needs CREATE on the schema for an upgrade, and SELECT, INSERT, UPDATE and DELETE on the tables.",
        PostgresErrorCodes.ReadOnlySqlTransaction => $"is a replica that cannot be written. Name the server that can be in {option}.",
        _ => $"failed: {exception.MessageText} (SQLSTATE {exception.SqlState}).",
    };
}
