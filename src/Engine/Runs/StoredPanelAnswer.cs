using System.Text.Json.Serialization;
using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>What became of one call to a panel member.</summary>
/// <param name="Member">Index in the panel.</param>
/// <param name="Sample">Index of the first answer that the call asked for.</param>
/// <param name="Answers">How many it asked for.</param>
internal sealed record StoredPanelAnswer(int Member, int Sample, int Answers, string Model, AnswerPayload Payload)
{
    [JsonIgnore]
    public SubCallKey Key => new(SubCallStep.Candidate, Member, Sample);

    /// <summary>Characters of text and bytes of choices.</summary>
    [JsonIgnore]
    public long Size => Payload.Content.Length + Payload.Choices.Length + (Payload.Refusal?.Length ?? 0);

    public static StoredPanelAnswer Of(SubCall subCall, ModelCallResult result) =>
        new(subCall.Key.Member, subCall.Key.Sample, subCall.Call.Answers, subCall.Call.Model.DisplayName, AnswerPayload.Of(result));
}
