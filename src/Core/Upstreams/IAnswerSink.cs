namespace Ensemble.Upstreams;

/// <summary>Where a streamed answer goes. Called in order, by one call at a time.</summary>
public interface IAnswerSink
{
    /// <summary>Whether anything has gone out that cannot be taken back. A call is then never repeated.</summary>
    bool Shown { get; }

    /// <summary>An attempt begins: what an earlier one brought and was not shown yet is void.</summary>
    void OnAttempt()
    {
    }

    /// <summary>Answer text as it came; never reasoning text.</summary>
    void OnContent(string text);

    /// <summary>
    /// What else the provider said in a chunk, as a JSON object; called before <see cref="OnChoices"/> of that chunk, if it has any.
    /// </summary>
    void OnFields(ReadOnlyMemory<byte> fields)
    {
    }

    /// <summary>A chunk's <c>choices</c> as JSON, where <see cref="UpstreamRequest.KeepChoices"/> asked for them.</summary>
    void OnChoices(ReadOnlyMemory<byte> choices);

    /// <summary>
    /// A chunk's <c>choices</c> as JSON where it holds a piece of a tool call, and <see cref="UpstreamRequest.KeepCalls"/> asked for them.
    /// </summary>
    void OnCalls(ReadOnlyMemory<byte> choices)
    {
    }
}
