using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ensemble.Storage.Sqlite;

/// <summary>Says in words what SQLite says in numbers.</summary>
internal static class SqliteErrors
{
    /// <returns>Null for what is no failure of the file.</returns>
    public static StorageException? Translate(Exception exception, string path) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => Of(
            path,
            "is locked by another process. End that process, or give each its own file; several processes share a PostgreSQL.",
            exception,
            isTransient: true),
        SqliteException sqlite => Of(path, Describe(sqlite), exception),
        UnauthorizedAccessException or IOException => Of(path, "cannot be created: " + exception.Message + " " + Elsewhere, exception),
        _ => null,
    };

    public static StorageException NoWriteAheadLog(string path) =>
        Of(
            path,
            "lies in a folder whose file system cannot keep SQLite's log (as many network folders). Choose one on a local disk with "
            + "Storage:ConnectionString.");

    /// <summary>Without the path: the probes, which need no key, show it.</summary>
    public const string FileMoved = "The database file " + FileMovedMessage;

    private const string FileMovedMessage =
        "was deleted, moved or replaced while this process used it. Nothing is written until the file is back in its place: "
        + "restore it, or restart this process to begin with a new one.";

    public static StorageException Lost(string path) => Of(path, FileMovedMessage, isTransient: true);

    private const string Elsewhere = "Choose another place with Storage:ConnectionString 'Data Source=PATH'.";

    private static string Describe(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => "is not a SQLite database. Move the file away, or choose another one with Storage:ConnectionString 'Data Source=PATH'.",
        raw.SQLITE_CORRUPT => "is damaged. Stop every process that uses it and restore a copy, or move the file away to begin with a new one.",
        raw.SQLITE_CANTOPEN =>
            "cannot be opened or created. It has to be a file that this process's user may read and write, in a folder where it may create "
            + "files. "
                + Elsewhere,
        raw.SQLITE_READONLY or raw.SQLITE_PERM =>
            "cannot be written. Give this process's user the right to write the file and to create files in its folder. " + Elsewhere,
        raw.SQLITE_FULL => "cannot grow: the disk is full. Make room.",
        raw.SQLITE_IOERR => $"cannot be read or written: the disk failed (SQLite error {exception.SqliteExtendedErrorCode}). Check the disk and its space.",
        _ => $"failed with SQLite error {exception.SqliteExtendedErrorCode}.",
    };

    private static StorageException Of(string path, string words, Exception? inner = null, bool isTransient = false) =>
        new($"The database {path} {words}", isTransient, inner);
}
