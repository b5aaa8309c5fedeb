namespace Ensemble.Chat;

/// <summary>
/// A chat-completions request: the caller's bytes, and an index into them. Nothing is ever serialised again that nobody changed, so that
/// unknown fields, number formats and images reach a provider as they were sent.
/// </summary>
public sealed class ChatRequest
{
    internal ChatRequest(
        ReadOnlyMemory<byte> body,
        ChatField[] fields,
        ChatMessage[] messages,
        ContentPart[] parts,
        ChatRequestFacts facts,
        IReadOnlyList<SentToolCall>? toolCalls = null)
    {
        Body = body;
        Fields = fields;
        Messages = messages;
        Parts = parts;
        Facts = facts;
        ToolCalls = toolCalls ?? [];
    }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Top-level fields in the order in which they came; each name once.</summary>
    public IReadOnlyList<ChatField> Fields { get; }

    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>The content parts of all messages, in order.</summary>
    public IReadOnlyList<ContentPart> Parts { get; }

    /// <summary>The alias that the caller named.</summary>
    public string Model => Facts.Model;

    public bool Stream => Facts.Stream;

    /// <summary>Whether a stream ends with a usage chunk.</summary>
    public bool IncludeUsage => Facts.IncludeUsage;

    /// <summary>Answers asked for; 1 unless said otherwise.</summary>
    public int N => Facts.N;

    /// <summary>The caller's <c>max_completion_tokens</c>, else <c>max_tokens</c>, in tokens; null = no limit.</summary>
    public long? MaxTokens => Facts.MaxTokens;

    internal ChatRequestFacts Facts { get; }

    /// <summary>Those of the messages whose ids may be ours, in order.</summary>
    internal IReadOnlyList<SentToolCall> ToolCalls { get; }

    public ReadOnlySpan<byte> Slice(ByteRange range) => Body.Span[range.Start..range.End];

    public ReadOnlyMemory<byte> SliceMemory(ByteRange range) => Body[range.Start..range.End];

    /// <returns>False where the field is absent; a null value is present.</returns>
    public bool TryGetField(string name, out ChatField field)
    {
        foreach (var candidate in Fields)
        {
            if (candidate.Name == name)
            {
                field = candidate;
                return true;
            }
        }

        field = default;
        return false;
    }

    /// <summary>Whether the field is there with a value other than null, false, 0, <c>[]</c>, "none" and "auto".</summary>
    public bool IsSet(string name) => TryGetField(name, out var field) && !NeutralValue.IsDefault(Slice(field.Value));
}
