using System.Buffers;
using System.Text.RegularExpressions;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// Finds the parameter without which a refused request is worth another try: one that was sent, that may be left out, and that the
/// refusal names in its <c>param</c>, a path, or its text.
/// </summary>
/// <param name="Parameter">What to leave out, or to send under its other name.</param>
/// <param name="IsCertain">
/// Whether the refusal may be remembered: not where its text alone names the field and the caller's own text holds that word too, since
/// providers repeat what callers send.
/// </param>
internal readonly partial record struct ParameterRefusal(LearnedParameter Parameter, bool IsCertain)
{
    private const int MaxNameLength = 64;

    /// <summary>Left out only where their text can stand in for them.</summary>
    public const string Tools = "tools";

    // Without these an answer would be another one than the caller asked for.
    private static readonly HashSet<string> RequiredParameters =
        ["response_format", "max_tokens", "max_completion_tokens", "messages", "model", "stream", Tools];

    // Names of fields that are no everyday words; others count in a text only where something marks them as a name.
    private static readonly HashSet<string> Unmistakable = ["temperature", "seed", "logprobs", "verbosity"];

    private static readonly HashSet<string> Nouns = new(StringComparer.OrdinalIgnoreCase)
    {
        "parameter", "parameters", "param", "argument", "arguments", "field", "fields", "property", "properties", "key", "option",
        "setting", "name",
    };

    private static readonly SearchValues<char> Opening = SearchValues.Create("'\"`‘“«[<(./#");
    private static readonly SearchValues<char> Closing = SearchValues.Create("'\"`’”»]>)");

    /// <param name="edits">Those of the request that was refused.</param>
    public static ParameterRefusal? Find(UpstreamError error, ChatRequest chat, RequestEdits edits) =>
        FindOptional(error, chat, edits) ?? FindTools(error, chat, edits);

    // Servers name them in many ways: "does not support tools", "tool use is not supported", "function calling is not enabled".
    private static ParameterRefusal? FindTools(UpstreamError error, ChatRequest chat, RequestEdits edits) =>
        edits.MessagesWithoutTools is not null && ProviderAdaptation.TryGetSent(chat, edits, Tools, out _)
        && (error.Param?.StartsWith("tool", StringComparison.Ordinal) == true
            || error.Message.Contains("tool", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("function", StringComparison.OrdinalIgnoreCase))
            ? new ParameterRefusal(new LearnedParameter(Tools, null, null), IsCertain: true)
            : null;

    private static ParameterRefusal? FindOptional(UpstreamError error, ChatRequest chat, RequestEdits edits)
    {
        if (IsWrongValue(error.Code) || IsWrongValue(error.Type))
        {
            return null;
        }

        var byPath = Path(error.Param, chat, edits);
        var named = byPath is not null ? [byPath] : InText(error.Message, chat, edits);
        if (named.Count == 0 || named[0].Length > MaxNameLength)
        {
            return null;
        }

        var isCertain = byPath is not null || !RequestText.Contains(chat, edits, named[0]);
        if (OtherName(named[0]) is { } other && ProviderAdaptation.TryGetSent(chat, edits, named[0], out var limit))
        {
            var saysOther = named.Contains(other) || Names(error.Message, other);
            if (IsUnknown(error) || (!Size().IsMatch(error.Message) && (saysOther || !HasNumber(error.Message))))
            {
                // Where nothing says that the name is the fault, it may have been the value.
                var isName = IsUnknown(error) || (saysOther && !RequestText.Contains(chat, edits, other));
                var value = isName ? null : LearnedParameter.KeyOf(limit.Span);
                return new ParameterRefusal(new LearnedParameter(named[0], value, other), isCertain);
            }
        }

        if (RequiredParameters.Contains(named[0]))
        {
            return null;
        }

        // Of several the one that goes is the caller's: what an operator set has been meant for this model. Of two that steer the same,
        // temperature is the one that more callers mean.
        var free = named.Where(name => !RequiredParameters.Contains(name)).Distinct().ToArray();
        var name = free.OrderBy(name => (edits.Fields.ContainsKey(name), free.Length > 1 && name == "temperature")).First();
        if (!ProviderAdaptation.TryGetSent(chat, edits, name, out var sent))
        {
            return null;
        }

        isCertain = byPath is not null || !RequestText.Contains(chat, edits, name);
        var refused = IsUnknown(error) ? null : LearnedParameter.KeyOf(sent.Span);
        return new ParameterRefusal(
            free.Length > 1 ? Pair(name, refused, free.First(field => field != name), chat, edits) : new(name, refused, null), isCertain);
    }

    // A refusal of both for their values names both as well: it stands for these two values alone.
    private static LearnedParameter Pair(string name, string? value, string other, ChatRequest chat, RequestEdits edits) =>
        new(name, value, null, other, value is not null && ProviderAdaptation.TryGetSent(chat, edits, other, out var beside)
            ? LearnedParameter.KeyOf(beside.Span)
            : null);

    private static string? OtherName(string name) => name switch
    {
        "max_tokens" => "max_completion_tokens",
        "max_completion_tokens" => "max_tokens",
        _ => null,
    };

    // OpenAI's and Pydantic's codes for a value outside its range or of another kind: the caller's to know.
    private static bool IsWrongValue(string? code) => code is not null
        && (code.EndsWith("_max_value", StringComparison.Ordinal) || code.EndsWith("_min_value", StringComparison.Ordinal)
            || code.EndsWith("_max_length", StringComparison.Ordinal) || code.EndsWith("_min_length", StringComparison.Ordinal)
            || code.EndsWith("_type", StringComparison.Ordinal) || code.EndsWith("_parsing", StringComparison.Ordinal)
            || code.StartsWith("greater_than", StringComparison.Ordinal) || code.StartsWith("less_than", StringComparison.Ordinal)
            || code is "missing" or "value_error.missing" or "missing_required_parameter");

    /// <summary>Whether a code says that the field is refused whatever its value.</summary>
    private static bool IsUnknown(UpstreamError error) =>
        error.Code is "unsupported_parameter" or "unknown_parameter" or "unknown_field"
        || error.Type is "extra_forbidden" or "value_error.extra";

    // The value complained of, or the one wanted, is mostly a number; one inside a name is none.
    private static bool HasNumber(string message) => SplitWords(message).Any(word =>
        char.IsAsciiDigit(message[word.Start.Value])
        && (word.Start.Value == 0 || message[word.Start.Value - 1] is not ('-' or '.' or '_' or '/' or ':')));

    /// <returns>The first field of the request that a path holds: <c>body.seed</c>, <c>messages[0].role</c>.</returns>
    private static string? Path(string? param, ChatRequest chat, RequestEdits edits) =>
        string.IsNullOrEmpty(param) ? null : SplitWords(param).Select(word => Sent(param.AsSpan()[word], chat, edits)).FirstOrDefault(
            name => name is not null);

    /// <returns>The fields that a text names, in its order; only the first where that cannot be left out.</returns>
    private static List<string> InText(string message, ChatRequest chat, RequestEdits edits)
    {
        List<string> names = [];
        var before = default(Range?);
        var words = SplitWords(message).ToArray();
        for (var index = 0; index < words.Length; index++)
        {
            var word = words[index];
            var after = index + 1 < words.Length ? words[index + 1] : default(Range?);
            if (Sent(message.AsSpan()[word], chat, edits) is { } name and not ("model" or "stream")
                && (Unmistakable.Contains(name) || name.Contains('_') || IsMarked(message, before, word, after)))
            {
                names.Add(name);
            }

            before = word;
        }

        return names;
    }

    // In prose, "stop" or "user" is a word like any other.
    private static bool IsMarked(string message, Range? previous, Range word, Range? next)
    {
        var before = message.AsSpan()[..word.Start];
        var after = message.AsSpan()[word.End..];
        return message.AsSpan()[word].Contains('_')
            || (before is [.., var opening] && Opening.Contains(opening)
                && (opening is '.' or '/' or '#' || (after is [var closing, ..] && Closing.Contains(closing))))
            || before.TrimEnd() is [.., ':' or '>' or '=']
            || after is [':' or '=', ..]
            || (previous is { } noun && IsNoun(message, noun) && before.Length - noun.End.Value <= 2)
            || (next is { } follower && IsNoun(message, follower) && follower.Start.Value - word.End.Value <= 2);
    }

    private static bool IsNoun(string message, Range word) => Nouns.Contains(message[word]);

    private static bool Names(string message, string name) => SplitWords(message).Any(word => IsSame(name, message.AsSpan()[word]));

    private static string? Sent(ReadOnlySpan<char> word, ChatRequest chat, RequestEdits edits)
    {
        foreach (var field in chat.Fields)
        {
            if (IsSame(field.Name, word) && ProviderAdaptation.TryGetSent(chat, edits, field.Name, out _))
            {
                return field.Name;
            }
        }

        foreach (var name in edits.Fields.Keys)
        {
            if (IsSame(name, word))
            {
                return name;
            }
        }

        return null;
    }

    // presencePenalty is what some call presence_penalty.
    private static bool IsSame(string name, ReadOnlySpan<char> word)
    {
        var at = 0;
        foreach (var letter in name)
        {
            if (at < word.Length && char.ToLowerInvariant(word[at]) == char.ToLowerInvariant(letter))
            {
                at++;
            }
            else if (letter != '_')
            {
                return false;
            }
        }

        return at == word.Length;
    }

    private static IEnumerable<Range> SplitWords(string message)
    {
        var start = 0;
        for (var i = 0; i <= message.Length; i++)
        {
            if (i < message.Length && (char.IsAsciiLetterOrDigit(message[i]) || message[i] == '_'))
            {
                continue;
            }

            if (i > start)
            {
                yield return start..i;
            }

            start = i + 1;
        }
    }

    // Words of a value that is too large, too small or of another kind: its name was understood.
    [GeneratedRegex(
        @"\b(exceed\w*|too|larger?|largest|great(er|est)|less|more|fewer|least|most|max|maximum|min|minimum|limit\w*|ranges?|between|positive|negative|integers?|whole|above|below|over|under)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Size();
}
