namespace Ensemble.Providers.Calls;

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
    private const int MaxHeaderLength = 128;

    private static readonly (string Text, int Kind)[] Tokens =
    [
        ("<|end|>", ReasoningTag.Mark), ("<|return|>", ReasoningTag.Mark), ("<|call|>", ReasoningTag.Mark),
        ("<|START_THINKING|>", ReasoningTag.Open), ("<|END_THINKING|>", ReasoningTag.Close),
        ("<|START_RESPONSE|>", ReasoningTag.Answer), ("<|END_RESPONSE|>", ReasoningTag.Mark),
        ("<|begin_of_thought|>", ReasoningTag.Open), ("<|end_of_thought|>", ReasoningTag.Close),
        ("<|begin_of_solution|>", ReasoningTag.Answer), ("<|end_of_solution|>", ReasoningTag.Mark),
    ];

    /// <param name="text">Begins with "&lt;|".</param>
    /// <param name="length">Of the token, with its header; 0 where there is none.</param>
    /// <returns>A kind of <see cref="ReasoningTag"/>.</returns>
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
                return ReasoningTag.Partial;
            }
        }

        var at = 0;
        var isAssistant = true;
        if (Match(text, Start, ref at) is var started && started == ReasoningTag.Partial)
        {
            return started;
        }

        if (started == ReasoningTag.Mark)
        {
            var from = at;
            if (Header(text, ref at) is var role && role != ReasoningTag.Mark)
            {
                return role;
            }

            isAssistant = text[from..at].StartsWith("assistant", StringComparison.Ordinal);
        }

        var name = "final".AsSpan();
        if (Match(text, Channel, ref at) is var channel && channel == ReasoningTag.Partial)
        {
            return channel;
        }

        if (channel == ReasoningTag.Mark)
        {
            var from = at;
            if (Header(text, ref at) is var header && header != ReasoningTag.Mark)
            {
                return header;
            }

            name = text[from..at].Trim();
            if (Match(text, Constrain, ref at) is var constrained && (constrained == ReasoningTag.Partial
                || (constrained == ReasoningTag.Mark && (constrained = Header(text, ref at)) != ReasoningTag.Mark)))
            {
                return constrained;
            }
        }
        else if (started != ReasoningTag.Mark)
        {
            return ReasoningTag.None;
        }

        if (Match(text, Message, ref at) is var message && message != ReasoningTag.Mark)
        {
            return message;
        }

        length = at;
        return isAssistant && name.SequenceEqual("final") ? ReasoningTag.Answer : ReasoningTag.Channel;
    }

    /// <returns><see cref="ReasoningTag.Mark"/> where the token stands there, and is passed.</returns>
    private static int Match(ReadOnlySpan<char> text, string token, ref int at)
    {
        var rest = text[at..];
        if (rest.StartsWith(token, StringComparison.Ordinal))
        {
            at += token.Length;
            return ReasoningTag.Mark;
        }

        return token.AsSpan().StartsWith(rest, StringComparison.Ordinal) ? ReasoningTag.Partial : ReasoningTag.None;
    }

    /// <summary>Passes what stands before the next token.</summary>
    /// <returns><see cref="ReasoningTag.Mark"/> where one follows.</returns>
    private static int Header(ReadOnlySpan<char> text, ref int at)
    {
        var rest = text[at..Math.Min(text.Length, at + MaxHeaderLength)];
        var stop = rest.IndexOf('<');
        if (stop < 0)
        {
            return rest.Length < MaxHeaderLength ? ReasoningTag.Partial : ReasoningTag.None;
        }

        at += stop;
        return ReasoningTag.Mark;
    }
}
