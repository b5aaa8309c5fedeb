using System.Buffers;
using System.Text;
using Ensemble.Chat;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>
/// Finds the parameter that a refused request should have gone without. A value that is merely wrong (a temperature of 3)
/// is the caller's to know, and is not found.
/// </summary>
internal static class ParameterRefusal
{
    private const int LongestName = 64;
    private const int LongestValue = 64;

    // Without these an answer would be another one than the caller asked for.
    private static readonly HashSet<string> Kept =
        ["response_format", "max_tokens", "max_completion_tokens", "messages", "model", "stream", "tools"];

    private static readonly SearchValues<string> RefusalWording = SearchValues.Create(
        [
            "unsupported", "not support", "n't support", "unrecognized", "unrecognised", "unknown", "unexpected", "not permitted",
            "not allowed", "not available", "forbidden", "deprecated", "may only be", "only supports", "only the default",
            "cannot find field", "additional properties",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <param name="edits">Those of the request that was refused.</param>
    public static LearnedParameter? Find(UpstreamError error, ChatRequest chat, RequestEdits edits)
    {
        if (!IsRefusal(error) || Named(error, chat, edits) is not { } name || name.Length > LongestName)
        {
            return null;
        }

        var other = name switch
        {
            "max_tokens" => "max_completion_tokens",
            "max_completion_tokens" => "max_tokens",
            _ => null,
        };
        if (other is not null && (IsUnknown(error) || Words(error.Message).Any(word => error.Message.AsSpan()[word].SequenceEqual(other))))
        {
            return new LearnedParameter(name, null, other);
        }

        if (Kept.Contains(name) || !ProviderAdaptation.TryGetSent(chat, edits, name, out var value))
        {
            return null;
        }

        return new LearnedParameter(name, IsAboutTheValue(error) && value.Length <= LongestValue ? Encoding.UTF8.GetString(value.Span) : null, null);
    }

    private static bool IsRefusal(UpstreamError error) =>
        error.Code is "unsupported_parameter" or "unsupported_value" or "unknown_parameter" or "unknown_field"
        || error.Type is "extra_forbidden" or "value_error.extra"
        || error.Message.AsSpan().ContainsAny(RefusalWording);

    // A server has always known one of the two names of the length limit; older ones, only the older.
    private static bool IsUnknown(UpstreamError error) =>
        error.Code == "unknown_parameter" || error.Message.StartsWith("Unrecognized request argument", StringComparison.Ordinal);

    // "Only the default is supported" is said of parameters that might as well not be there.
    private static bool IsAboutTheValue(UpstreamError error) =>
        error.Code == "unsupported_value" && !error.Message.Contains("only the default", StringComparison.OrdinalIgnoreCase);

    /// <returns>The field as it was sent; the first that is named counts.</returns>
    private static string? Named(UpstreamError error, ChatRequest chat, RequestEdits edits)
    {
        if (!string.IsNullOrEmpty(error.Param))
        {
            var end = error.Param.AsSpan().IndexOfAny('.', '[');
            return Sent(end < 0 ? error.Param : error.Param.AsSpan(0, end), chat, edits);
        }

        foreach (var word in Words(error.Message))
        {
            if (IsMarked(error.Message, word) && Sent(error.Message.AsSpan()[word], chat, edits) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    // In prose, "stop" or "user" is a word like any other: it counts in quotes, around a colon, or with an underscore in it.
    private static bool IsMarked(string message, Range word)
    {
        var before = message.AsSpan()[..word.Start];
        var after = message.AsSpan()[word.End..];
        return message.AsSpan()[word].Contains('_')
            || (before is [.., '\'' or '"' or '`'] && after is ['\'' or '"' or '`', ..])
            || before.TrimEnd() is [.., ':']
            || (before.IsEmpty && after is [':', ..]);
    }

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

    private static IEnumerable<Range> Words(string message)
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
}
