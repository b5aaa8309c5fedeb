namespace Ensemble.Testing;

internal sealed record StubMessage(
    string? Content, string? Refusal, string? Reasoning, StubToolCall? ToolCall, IReadOnlyList<string>? Deltas)
{
    /// <summary>The content's pieces, each with the space that follows it.</summary>
    public IReadOnlyList<string> Pieces => Deltas ?? Words(Content ?? "");

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start);
            var end = space < 0 ? text.Length : space + 1;
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }
}

internal sealed record StubToolCall(string Name, string Arguments);

internal sealed record StubUsage(int PromptTokens, int CompletionTokens);
