using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Judging;

/// <summary>A model that may write the caller's answer.</summary>
/// <param name="Edits">Makes what differs from the caller's request; called when it is asked.</param>
internal sealed record AnswerWriter(SubCallKey Key, SubCallRole Role, ModelConfig Model, Func<RequestEdits> Edits)
{
    /// <summary>The version of the built-in wording that it is asked with; null = the caller's own words.</summary>
    public string? Prompt { get; init; }
}
