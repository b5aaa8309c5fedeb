namespace Ensemble.Upstreams;

/// <summary>What was shown of a streamed answer was a thought, and cannot be taken back.</summary>
internal sealed class ReasoningLeakedException()
    : Exception(
        "The answer's beginning was a thought, which only a closing tag said after it was shown; later streams of this model are held "
        + "back.");
