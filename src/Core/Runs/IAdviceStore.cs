namespace Ensemble.Runs;

/// <summary>
/// Keeps what a panel advised while a conversation calls tools. It may lose advice at any time; the conversation then continues
/// without it. Thread-safe.
/// </summary>
public interface IAdviceStore
{
    /// <param name="key">Of the caller, the ensemble and the conversation up to the user's last message; letters and digits.</param>
    /// <returns>Null where nothing is kept.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keeps advice in place of what was kept under that key.</summary>
    ValueTask KeepAsync(string key, ReadOnlyMemory<byte> advice, CancellationToken cancellationToken);
}
