namespace Ensemble.Frontend.Options;

/// <summary>Why the process cannot start, in words for the one who started it.</summary>
internal sealed class StartupException(string message) : Exception(message)
{
    /// <exception cref="StartupException">There are problems: it has a line for each.</exception>
    public static void ThrowIfAny(IReadOnlyCollection<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, problems));
        }
    }
}
