namespace Ensemble.Providers.Simulated;

/// <summary>What a simulated model would say, before it is put into the form that was asked for.</summary>
/// <param name="IsRight">False where the model was drawn to err.</param>
/// <param name="Confidence">Mean probability of a token, from 0 to 1; lower where the model errs, as with real ones.</param>
internal sealed record SimulatedThought(string Text, bool IsRight, double Confidence)
{
    /// <summary>The candidate that it chose; null where it was not asked to judge.</summary>
    public SimulatedPick? Pick { get; init; }

    /// <summary>
    /// Whether it divides its work: an array then has two items, where it may, of which each takes the next value of an enum.
    /// </summary>
    public bool IsPlan { get; init; }

    /// <summary>What it says under a property's name instead of its text; empty = nothing, which leaves an array empty.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = None;

    private static readonly Dictionary<string, string> None = [];

    public static SimulatedThought Of(string text, bool isRight, SimulatedDraw draw)
    {
        var share = draw.Share(SimulatedPurpose.Confidence);
        return new SimulatedThought(text, isRight, isRight ? 0.8 + (0.19 * share) : 0.45 + (0.4 * share));
    }
}
