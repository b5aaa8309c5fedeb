using Ensemble.Providers.Calls;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Models;

/// <summary>
/// Tells the tokens and the cost of a call: reported where the provider reported, estimated where the text is known, else unknown.
/// </summary>
internal static class SubCallMeter
{
    public readonly record struct Reading(long? PromptTokens, long? CompletionTokens, UsageSource Source, decimal? CostUsd);

    public static Reading Read(ModelCall call, ModelCallResult result)
    {
        if (result.Usage is { } usage)
        {
            return new(usage.PromptTokens, usage.CompletionTokens, UsageSource.Reported, call.Model.Price?.CostUsd(usage));
        }

        // Providers do not bill for what they refused, and no call that never left is billed.
        if (result.Attempts == 0 || result.Error is { Status: not null } or { NeverSent: true })
        {
            return new(null, null, UsageSource.None, 0);
        }

        if (result.Outcome == CallOutcome.TransportError && result.ReceivedCharacters == 0)
        {
            // Nobody knows whether the provider ever saw the request.
            return new(null, null, UsageSource.None, null);
        }

        var prompt = CallTokens.Prompt(call);
        var completion = Completion(call, result);
        return new(prompt, completion, UsageSource.Estimated, completion is { } known ? call.Model.Price?.CostUsd(prompt, known) : null);
    }

    private static long? Completion(ModelCall call, ModelCallResult result)
    {
        if (call.Inputs is not null)
        {
            return 0;
        }

        if (result.Answer is { Choices.IsEmpty: false } several
            && ChatChoices.Split(several).Sum(choice => TokenEstimate.OfText(choice.Content)) is > 0 and var total)
        {
            return total;
        }

        if (result.Answer is { Content.Length: > 0 } answer)
        {
            return TokenEstimate.OfText(answer.Content);
        }

        // A stream that was cut showed how far it had come; a whole answer that was not waited for did not.
        var isStream = call.Sink is not null;
        return isStream ? TokenEstimate.OfLength(result.ReceivedCharacters) : null;
    }
}
