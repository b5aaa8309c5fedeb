namespace Ensemble.Grains.Serialization;

internal static class WireRunId
{
    /// <exception cref="InvalidDataException">It is no run's name.</exception>
    public static RunId Read(string text) =>
        RunId.TryParse(text, out var run) ? run : throw new InvalidDataException($"'{text}' is not the name of a run.");
}
