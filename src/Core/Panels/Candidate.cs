using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>A usable answer of a panel.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="Weight">What it counts in a vote.</param>
internal sealed record Candidate(SubCallKey Key, ChatAnswer Answer, double Weight)
{
    public string Text => Answer.Content;
}
