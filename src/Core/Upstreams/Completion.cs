using Ensemble.Chat;

namespace Ensemble.Upstreams;

/// <summary>What the gateway reads of a whole completion, or of one chunk of a streamed one.</summary>
internal record struct Completion
{
    /// <summary>
    /// Text of the first choice, as the provider sent it, with half a character at an end where it was cut there; null where there is none.
    /// </summary>
    public string? Content { get; set; }

    public string? Refusal { get; set; }

    /// <summary>Of the first choice, in OpenAI's words; null where it has none yet.</summary>
    public string? FinishReason { get; set; }

    /// <summary>Whether a fault of the provider ended one of the choices.</summary>
    public bool IsBroken { get; set; }

    public bool CallsTools { get; set; }

    public bool HasReasoning { get; set; }

    /// <summary>How many choices this body has.</summary>
    public int ChoiceCount { get; set; }

    /// <summary>A bit for each choice that this body has, of the first 64.</summary>
    public ulong Choices { get; set; }

    /// <summary>Choices after the first 64, and whether each says here why it ended; null where there are none.</summary>
    public List<(int Index, bool Ends)>? FurtherChoices { get; set; }

    /// <summary>Whether a piece of an answer is in it, thoughts too.</summary>
    public readonly bool HasContent =>
        Content is { Length: > 0 } || Refusal is { Length: > 0 } || OtherCharacters > 0 || CallsTools || HasReasoning;

    public readonly bool HasChoices => Choices != 0 || FurtherChoices is not null;

    /// <summary>A bit for each choice that says here why it ended, of the first 64.</summary>
    public ulong FinishedChoices { get; set; }

    /// <summary>Whether a choice has no delta, as in a whole answer, or as one that only annotates others.</summary>
    public bool LacksDelta { get; set; }

    /// <summary>Whether a choice has no message, as only one of a chunk may.</summary>
    public bool LacksMessage { get; set; }

    /// <summary>Characters of text in choices after the first.</summary>
    public int OtherCharacters { get; set; }

    /// <summary>The <c>choices</c> array, written again, where it was asked for.</summary>
    public byte[]? RawChoices { get; set; }

    /// <summary>What else a direct caller may see of this body, as a JSON object; null where there is nothing.</summary>
    public byte[]? Fields { get; set; }

    /// <summary>The same of its usage.</summary>
    public byte[]? UsageFields { get; set; }

    public TokenUsage? Usage { get; set; }

    /// <summary>Unit vectors, where those were asked for.</summary>
    public float[][]? Vectors { get; set; }

    public UpstreamError? Error { get; set; }

    /// <summary>Whether a stream says here that nothing follows.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether a stream says here that of its answer nothing follows, though its own end may.</summary>
    public bool IsOver { get; set; }
}
