using System.Collections.Frozen;

namespace Ensemble.Upstreams;

/// <summary>
/// Why an answer ended, in OpenAI's five words, whatever word its provider has for it. Words of other providers are read by their
/// parts (<c>MAX_TOKENS</c>, <c>model_length</c>); one that speaks of no cut, filter, fault or tool is an end like any other.
/// </summary>
internal static class FinishReason
{
    public const string Stop = "stop";
    public const string Length = "length";
    public const string ContentFilter = "content_filter";
    public const string ToolCalls = "tool_calls";
    public const string FunctionCall = "function_call";

    /// <summary>The provider's own fault ended the answer. Such an answer is a failed call, so that no caller sees this word.</summary>
    public const string Broken = "error";

    private const int MaxWordLength = 64;

    // The later of these counts where a word has parts of several: a filter that fails to be passed is a filter.
    private enum Meaning
    {
        End,
        Function,
        Tools,
        Cut,
        Broken,
        Filtered,
        NotEnded,
    }

    private static readonly FrozenDictionary<string, Meaning> Meanings = Table(
        (Meaning.Function, "function"),
        (Meaning.Tools, "tool tools"),
        (Meaning.Cut, "length max maxtokens limit context window truncated truncation cut incomplete exceeded"),
        (Meaning.Broken,
            "error errored failed failure fail abort aborted cancel cancelled canceled interrupted network insufficient resource "
            + "unavailable "
            + "overloaded timeout timed deadline disconnect disconnected malformed unexpected invalid missing crash crashed exception killed "
            + "preempted rate quota internal"),
        (Meaning.Filtered,
            "filter filtered contentfilter safety unsafe sensitive recitation blocklist blocked prohibited spii pii refusal refused "
            + "guardrail "
            + "guardrails moderation moderated policy toxic toxicity language violation censored inspection copyright inappropriate"),
        (Meaning.NotEnded, "null none nil not unspecified undefined unfinished progress pending running"));

    private static readonly FrozenDictionary<string, Meaning>.AlternateLookup<ReadOnlySpan<char>> Parts =
        Meanings.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="word">The provider's; null, or nothing but blanks = it has not said.</param>
    /// <returns>One of OpenAI's words, or <see cref="Broken"/>; null where the answer has not ended.</returns>
    public static string? Of(string? word) => word switch
    {
        null or "" => null,
        Stop or Length or ContentFilter or ToolCalls or FunctionCall or Broken => word,
        _ => MeaningOf(word) switch
        {
            Meaning.NotEnded => null,
            Meaning.Filtered => ContentFilter,
            Meaning.Broken => Broken,
            Meaning.Cut => Length,
            Meaning.Tools => ToolCalls,
            Meaning.Function => FunctionCall,
            _ => Stop,
        },
    };

    private static Meaning MeaningOf(ReadOnlySpan<char> word)
    {
        word = word.Length > MaxWordLength ? word[..MaxWordLength] : word;
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        var meaning = word.IsWhiteSpace() ? Meaning.NotEnded : Meaning.End;
        var start = 0;
        for (var at = 0; at <= word.Length; at++)
        {
            var isLetter = at < word.Length && char.IsAsciiLetter(word[at]);
            var beginsPart = isLetter && at > start && char.IsAsciiLetterUpper(word[at]) && char.IsAsciiLetterLower(word[at - 1]);
            if (isLetter && !beginsPart)
            {
                continue;
            }

            if (Parts.TryGetValue(lower[start..at], out var found) && found > meaning)
            {
                meaning = found;
            }

            start = beginsPart ? at : at + 1;
        }

        return meaning;
    }

    private static FrozenDictionary<string, Meaning> Table(params ReadOnlySpan<(Meaning Meaning, string Words)> rows)
    {
        var table = new Dictionary<string, Meaning>();
        foreach (var (meaning, words) in rows)
        {
            foreach (var word in words.Split(' '))
            {
                table.Add(word, meaning);
            }
        }

        return table.ToFrozenDictionary();
    }
}
