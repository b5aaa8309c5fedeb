namespace Ensemble.Storage;

/// <summary>
/// A database that could not do what was asked. The message says which database, what is wrong and what to do about it; neither it nor
/// an inner exception holds a connection string, a password or a stored value.
/// </summary>
public sealed class StorageException(
    string message, bool isTransient, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether the same may work a moment later: the server is away, a lock is held, a limit on time was reached.</summary>
    public bool IsTransient { get; } = isTransient;
}
