namespace Ensemble.Upstreams;

/// <summary>
/// Special tokens of models that a server passes on as text, as the beginning of a text has them: the channels of gpt-oss (Harmony), of
/// which the final one alone is the answer, and the parts of other models' answers.
/// </summary>
internal static class SpecialToken
{
    private const string Start = "<|start|>";
    private const string Channel = "<|channel|>";
    private const string Constrain = "<|constrain|>";
    private const string Message = "<|message|>";

    /// <summary>Of a role, or of a channel's name and recipient, in characters.</summary>
    private const int LongestHeader = 128;

    private static readonly (string Text, int Kind)[] Tokens =
    [
        ("<|end|>", ThinkTag.Mark), ("<|return|>", ThinkTag.Mark), ("<|call|>", ThinkTag.Mark),
        ("<|START_THINKING|>", ThinkTag.Open), ("<|END_THINKING|>", ThinkTag.Close),
        ("<|START_RESPONSE|>", ThinkTag.Answer), ("<|END_RESPONSE|>", ThinkTag.Mark),
        ("<|begin_of_thought|>", ThinkTag.Open), ("<|end_of_thought|>", ThinkTag.Close),
        ("<|begin_of_solution|>", ThinkTag.Answer), ("<|end_of_solution|>", ThinkTag.Mark),
    ];

    /// <param name="text">Begins with "&lt;|".</param>
    /// <param name="length">Of the token, with its header; 0 where there is none.</param>
    /// <returns>A kind of <see cref="ThinkTag"/>.</returns>
    public static int Match(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        foreach (var (token, kind) in Tokens)
        {
            if (text.StartsWith(token, StringComparison.Ordinal))
            {
                length = token.Length;
                return kind;
            }

            if (token.AsSpan().StartsWith(text, StringComparison.Ordinal))
            {
                return ThinkTag.Partial;
            }
        }

        var at = 0;
        var isAssistant = true;
        if (Match(text, Start, ref at) is var started && started == ThinkTag.Partial)
        {
            return started;
        }

        if (started == ThinkTag.Mark)
        {
            var from = at;
            if (Header(text, ref at) is var role && role != ThinkTag.Mark)
            {
                return role;
            }

            isAssistant = text[from..at].StartsWith("assistant", StringComparison.Ordinal);
        }

        var name = "final".AsSpan();
        if (Match(text, Channel, ref at) is var channel && channel == ThinkTag.Partial)
        {
            return channel;
        }

        if (channel == ThinkTag.Mark)
        {
            var from = at;
            if (Header(text, ref at) is var header && header != ThinkTag.Mark)
            {
                return header;
            }

            name = text[from..at].Trim();
            if (Match(text, Constrain, ref at) is var constrained && (constrained == ThinkTag.Partial
                || (constrained == ThinkTag.Mark && (constrained = Header(text, ref at)) != ThinkTag.Mark)))
            {
                return constrained;
            }
        }
        else if (started != ThinkTag.Mark)
        {
            return ThinkTag.None;
        }

        if (Match(text, Message, ref at) is var message && message != ThinkTag.Mark)
        {
            return message;
        }

        length = at;
        return isAssistant && name.SequenceEqual("final") ? ThinkTag.Answer : ThinkTag.Channel;
    }

    /// <returns><see cref="ThinkTag.Mark"/> where the token stands there, and is passed.</returns>
    private static int Match(ReadOnlySpan<char> text, string token, ref int at)
    {
        var rest = text[at..];
        if (rest.StartsWith(token, StringComparison.Ordinal))
        {
            at += token.Length;
            return ThinkTag.Mark;
        }

        return token.AsSpan().StartsWith(rest, StringComparison.Ordinal) ? ThinkTag.Partial : ThinkTag.None;
    }

    /// <summary>Passes what stands before the next token.</summary>
    /// <returns><see cref="ThinkTag.Mark"/> where one follows.</returns>
    private static int Header(ReadOnlySpan<char> text, ref int at)
    {
        var rest = text[at..Math.Min(text.Length, at + LongestHeader)];
        var stop = rest.IndexOf('<');
        if (stop < 0)
        {
            return rest.Length < LongestHeader ? ThinkTag.Partial : ThinkTag.None;
        }

        at += stop;
        return ThinkTag.Mark;
    }
}
