using System.Text;
using Ensemble.Chat;
using Ensemble.Models;

namespace Ensemble.Evaluation.Calls;

/// <summary>What calls cost in US dollars.</summary>
internal static class CallCost
{
    /// <summary>Of what a provider puts around a request's text.</summary>
    private const long Overhead = 64;

    /// <summary>For an image or a file, whose tokens nobody knows beforehand.</summary>
    private const long AttachmentTokens = 4096;

    /// <summary>What a call costs at most, over all its attempts: no token is shorter than a byte, and each attempt may
    /// be billed.</summary>
    public static decimal Bound(ModelCall call) => BoundOfAttempt(call) * (1 + call.Model.Retries);

    /// <summary>What a report counts for a call; unknown is what it costs at most.</summary>
    /// <returns>Null where the model has no price.</returns>
    public static decimal? Of(ModelCall call, ModelCallResult result) =>
        SubCallMeter.Read(call, result).CostUsd ?? (call.Model.Price is null ? null : BoundOfAttempt(call));

    /// <summary>What the ceiling counts for a call: attempts before the last one may have been billed, and say nothing of that.</summary>
    public static decimal Charge(ModelCall call, ModelCallResult result) =>
        (Of(call, result) ?? 0) + (Math.Max(0, result.Attempts - 1) * BoundOfAttempt(call));

    private static decimal BoundOfAttempt(ModelCall call)
    {
        if (call.Model.Price is not { } price)
        {
            return 0;
        }

        if (call.Inputs is { } inputs)
        {
            return price.MaxUsd(inputs.Sum(static input => (long)Encoding.UTF8.GetByteCount(input)) + Overhead, 0);
        }

        var attachments = call.Chat.Parts.Count(static part => part.Kind is not (ContentPartKind.Text or ContentPartKind.Refusal));
        var prompt = RequestRewriter.Rewrite(call.Chat, call.Edits).Length + Overhead + (attachments * AttachmentTokens);
        return price.MaxUsd(prompt, CallTokens.MaxAnswer(call.Chat, call.Model) * call.Answers);
    }
}
