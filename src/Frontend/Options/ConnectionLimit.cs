using System.Globalization;

namespace Ensemble.Frontend.Options;

/// <summary>How many connections of callers leave this process enough descriptors for its providers, its database and its files.</summary>
internal static class ConnectionLimit
{
    /// <summary>Where the system says no limit of descriptors, or a very high one.</summary>
    private const long MaxConnections = 20_000;

    /// <summary>Descriptors of a runtime without callers: two for each assembly, sockets, the database.</summary>
    private const long ReservedDescriptors = 280;

    private const string Limits = "/proc/self/limits";
    private const string Row = "Max open files";

    public static long Default { get; } = Of(ReadLimit());

    /// <param name="descriptors">That the process may open; null = not known.</param>
    /// <returns>Half of those that it does not need itself: a request in flight is a connection here and one to a provider, at
    /// least.</returns>
    public static long Of(long? descriptors) =>
        descriptors is not { } most ? MaxConnections : Math.Clamp((most - ReservedDescriptors) / 2, 1, MaxConnections);

    /// <param name="limits">The system's table: a name, the limit that holds, and how far it may be raised, a line each.</param>
    /// <returns>Null where it says none.</returns>
    public static long? Descriptors(string limits)
    {
        var row = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
        var limit = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptors) ? descriptors : null;
    }

    private static long? ReadLimit()
    {
        try
        {
            return File.Exists(Limits) ? Descriptors(File.ReadAllText(Limits)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
