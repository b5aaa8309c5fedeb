namespace Ensemble.Upstreams;

/// <summary>A model's answer.</summary>
/// <param name="Content">The answer's text, without reasoning; empty where there is none.</param>
/// <param name="FinishReason">One of OpenAI's: <c>stop</c>, <c>length</c>, <c>content_filter</c>, <c>tool_calls</c>, <c>function_call</c>;
/// empty where it was not said.</param>
public sealed record ChatAnswer(string Content, string FinishReason)
{
    /// <summary>The provider's own refusal field; null = the model did not refuse through it.</summary>
    public string? Refusal { get; init; }

    /// <summary>The provider's <c>choices</c> as JSON, where they were asked for and the answer came whole.</summary>
    public ReadOnlyMemory<byte> Choices { get; init; }

    /// <summary>
    /// What else the provider said that a direct caller may see, as a JSON object; empty where it was kept nowhere, or was streamed.
    /// </summary>
    public ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>The same of its usage, streamed too.</summary>
    public ReadOnlyMemory<byte> UsageFields { get; init; }

    /// <summary>Whether the model asked for tools.</summary>
    public bool CallsTools { get; init; }

    /// <summary>
    /// Unit vectors of the texts that were sent, in their order, all of one size; null = not an answer of an embedding model.
    /// </summary>
    public IReadOnlyList<float[]>? Vectors { get; init; }

    /// <summary>What it holds in memory, in bytes.</summary>
    public long Size =>
        ((Content.Length + (Refusal?.Length ?? 0L)) * sizeof(char))
        + Choices.Length + Fields.Length + UsageFields.Length
        + (Vectors is { Count: > 0 } vectors ? (long)vectors.Count * vectors[0].Length * sizeof(float) : 0);

    /// <summary>Whether the answer was cut at the length limit.</summary>
    public bool IsCut => FinishReason == Upstreams.FinishReason.Length;
}
