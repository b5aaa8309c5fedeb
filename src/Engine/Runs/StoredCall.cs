using System.Text.Json.Serialization;
using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>The prompt and the answer of a call outside the panel; stored with captured content.</summary>
/// <param name="Messages">A JSON array that was sent instead of the caller's messages; null = those were sent.</param>
/// <param name="Appended">A JSON object that followed the messages; null = nothing did.</param>
internal sealed record StoredCall(
    SubCallKey Key, SubCallRole Role, string Model, ReadOnlyMemory<byte>? Messages, ReadOnlyMemory<byte>? Appended, AnswerPayload Payload)
{
    /// <summary>Characters of text and bytes of messages and choices.</summary>
    [JsonIgnore]
    public long Size => Payload.Content.Length + Payload.Choices.Length + (Messages?.Length ?? 0) + (Appended?.Length ?? 0);

    public static StoredCall Of(SubCall subCall, ModelCallResult result) => new(
        subCall.Key, subCall.Role, subCall.Call.Model.DisplayName, subCall.Call.Edits.Messages, subCall.Call.Edits.AppendedMessage,
        AnswerPayload.Of(result));
}
