using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Models;

/// <summary>What a call will take, as far as it can be told beforehand.</summary>
public static class CallTokens
{
    /// <summary>Larger limits are nobody's intent, and their sums stay far from an overflow.</summary>
    private const long MaxAnswerTokens = 1_000_000_000;

    /// <summary>More answers of one call are nobody's intent.</summary>
    private const int MaxAnswers = 1000;

    /// <summary>The tokens that a gate reserves for the call: its prompt, and its answers at their longest.</summary>
    public static long Reserved(ModelCall call)
    {
        if (call.Inputs is not null)
        {
            return Prompt(call);
        }

        // A caller who asks a model directly may ask for several answers; a panel says how many itself.
        var answers = Math.Max(call.Answers, call.KeepChoices ? call.Chat.N : 1);
        return Prompt(call) + (Answer(call.Chat, call.Model) * Math.Clamp(answers, 1, MaxAnswers));
    }

    /// <summary>What a call may take at most, for a budget. An estimate for the prompt, and for an answer that nobody limits.</summary>
    /// <returns>Tokens of prompt and answer, and the most that these can cost in US dollars; 0 where the model has no price.</returns>
    public static (long Tokens, decimal CostUsd) Ceiling(ModelCall call)
    {
        var prompt = Prompt(call);
        var answer = call.Inputs is null ? MaxAnswer(call.Chat, call.Model) * call.Answers : 0;
        return (prompt + answer, call.Model.Price?.MaxUsd(prompt, answer) ?? 0);
    }

    /// <summary>The longest answer that the caller or the catalog allows, else what is usual.</summary>
    public static long MaxAnswer(ChatRequest chat, ModelConfig model) =>
        Math.Clamp(
            Math.Min(chat.MaxTokens ?? long.MaxValue, model.MaxOutputTokens ?? chat.MaxTokens ?? TokenEstimate.DefaultAnswer),
            0, MaxAnswerTokens);

    /// <summary>The longest answer that the caller allows, else what is usual for the model.</summary>
    public static long Answer(ChatRequest chat, ModelConfig model) =>
        chat.MaxTokens is { } most
            ? Math.Clamp(most, 0, MaxAnswerTokens)
            : Math.Min(model.MaxOutputTokens ?? TokenEstimate.DefaultAnswer, TokenEstimate.DefaultAnswer);

    /// <summary>The prompt, or the texts to embed, as it goes out, by estimate.</summary>
    public static long Prompt(ModelCall call)
    {
        if (call.Inputs is { } inputs)
        {
            return inputs.Sum(static input => TokenEstimate.OfText(input));
        }

        var appended = call.Edits.AppendedMessage is { } message ? TokenEstimate.OfUtf8(message.Span) : 0;
        if (call.Edits.Messages is not { } replaced)
        {
            return TokenEstimate.OfRequest(call.Chat) + appended;
        }

        // Messages that were replaced carry the caller's attachments as they were, and those do not count by their length.
        var attachments = call.Chat.Parts.Where(part => part.Kind is not (ContentPartKind.Text or ContentPartKind.Refusal));
        var kept = call.Edits.ReplacedMessages is { } first && first < call.Chat.Messages.Count
            ? TokenEstimate.OfUtf8(call.Chat.Slice(new ByteRange(call.Chat.Messages[first].Whole.Start, call.Chat.Messages[^1].Whole.End)))
            : 0;
        return appended + kept + TokenEstimate.OfUtf8(replaced.Span)
            + attachments.Sum(part => TokenEstimate.ImageTokens - TokenEstimate.OfUtf8(call.Chat.Slice(part.Whole)));
    }
}
