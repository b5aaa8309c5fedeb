namespace Ensemble.Runs;

/// <summary>How an answer ended; its text went before it as <see cref="AnswerDelta"/> or <see cref="ChoicesDelta"/>.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record RunAnswer([property: Id(0)] string FinishReason)
{
    /// <summary>The members' refusal, where too many refused; null otherwise.</summary>
    [Id(1)]
    public string? Refusal { get; init; }

    /// <summary>Whether a model was asked by its own name, so that its provider's chunks were the answer.</summary>
    [Id(2)]
    public bool IsDirect { get; init; }

    /// <summary>A direct model's whole answer, or an ensemble's tool calls: choices as JSON, with ids of ours; empty otherwise.</summary>
    [Id(3)]
    public ReadOnlyMemory<byte> Choices { get; init; }

    /// <summary>
    /// What a direct model's provider said beside its choices, as a JSON object: all of a whole answer, and of a streamed one what came
    /// after its last choices; empty otherwise.
    /// </summary>
    [Id(4)]
    public ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>What a direct model's provider said in its usage beside OpenAI's counts, as a JSON object; empty otherwise.</summary>
    [Id(5)]
    public ReadOnlyMemory<byte> UsageFields { get; init; }

    /// <summary>What is left of it once it has no readers: how it ended.</summary>
    public RunAnswer Stripped() => this with { Choices = default, Fields = default, UsageFields = default, Refusal = null };

    /// <summary>In bytes or characters, without the text that went before.</summary>
    public int Size => Choices.Length + Fields.Length + UsageFields.Length + (Refusal?.Length ?? 0);
}
