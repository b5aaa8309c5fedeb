namespace Ensemble.Providers.Simulated;

/// <summary>One finished choice.</summary>
/// <param name="Text">The answer's text or, with a tool, the arguments of its call as JSON.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</param>
internal sealed record SimulatedReply(string Text, string FinishReason)
{
    /// <summary>The tool that is called; null = the reply is text.</summary>
    public string? Tool { get; init; }

    /// <summary>The id of the tool's call.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The logarithm of each token's probability; null where nobody asked.</summary>
    public double? LogProbability { get; init; }
}

/// <summary>A candidate in a judge's prompt.</summary>
/// <param name="Label">As the prompt names it.</param>
/// <param name="Position">From 0, in the order of the prompt.</param>
internal sealed record SimulatedPick(string Label, int Position, string Text);
