using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;

namespace Ensemble.Usage;

/// <summary>What a call will take, as far as it can be told beforehand.</summary>
public static class CallTokens
{
    /// <summary>What is held for an answer to which nobody set a limit.</summary>
    public const long UsualAnswer = 1024;

    /// <summary>Larger limits are nobody's intent, and their sums stay far from an overflow.</summary>
    private const long LargestAnswer = 1_000_000_000;

    /// <summary>More answers of one call are nobody's intent.</summary>
    private const int MostAnswers = 1000;

    /// <summary>Prompt and longest answers: what a gate holds for it.</summary>
    public static long Most(ModelCall call)
    {
        if (call.Inputs is not null)
        {
            return Prompt(call);
        }

        // A caller who asks a model directly may ask for several answers; a panel says how many itself.
        var answers = Math.Max(call.Answers, call.KeepChoices ? call.Chat.N : 1);
        return Prompt(call) + (Answer(call.Chat, call.Model) * Math.Clamp(answers, 1, MostAnswers));
    }

    /// <summary>The longest answer that the caller allows, else what is usual for the model.</summary>
    public static long Answer(ChatRequest chat, ModelConfig model) =>
        chat.MaxTokens is { } most ? Math.Clamp(most, 0, LargestAnswer) : Math.Min(model.MaxOutputTokens ?? UsualAnswer, UsualAnswer);

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

        // Messages that were written anew carry the caller's attachments as they were, and those do not count by their length.
        var attachments = call.Chat.Parts.Where(part => part.Kind is not (ContentPartKind.Text or ContentPartKind.Refusal));
        return appended + TokenEstimate.OfUtf8(replaced.Span)
            + attachments.Sum(part => TokenEstimate.ImageTokens - TokenEstimate.OfUtf8(call.Chat.Slice(part.Whole)));
    }

    /// <summary>All calls that a request leads to, when each goes through at once: what is held of its caller's limit.</summary>
    public static long Most(ChatRequest chat, CatalogSnapshot catalog)
    {
        var prompt = TokenEstimate.OfRequest(chat);
        if (!catalog.Ensembles.TryGetValue(chat.Model, out var ensemble))
        {
            return catalog.Models.TryGetValue(chat.Model, out var model)
                ? prompt + (Answer(chat, model) * Math.Clamp(chat.N, 1, MostAnswers))
                : prompt;
        }

        // The judge reads the request and every answer, and writes one.
        var answers = ensemble.Panel.Sum(member => member.Samples * Answer(chat, catalog.Models[member.Model]));
        return (prompt * ensemble.AnswerCount) + answers
            + (ensemble.Judge is { } judge ? prompt + answers + Answer(chat, catalog.Models[judge.Model]) : 0);
    }
}
