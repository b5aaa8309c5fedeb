using System.Text.Json.Serialization;

namespace Ensemble.Runs;

/// <summary>The content of a run without the panel's answers.</summary>
/// <param name="Calls">The calls outside the panel, in the order in which they ended.</param>
/// <param name="Answer">The text that the caller got; empty where there was none.</param>
/// <param name="Choices">Tool calls that the caller got, as <see cref="RunAnswer.Choices"/>; empty where there were none.</param>
internal sealed record StoredContent(IReadOnlyList<StoredCall> Calls, string Answer, string? Refusal, ReadOnlyMemory<byte> Choices)
{
    /// <summary>About how many bytes it takes.</summary>
    [JsonIgnore]
    public long Size => Calls.Sum(static call => call.Size) + Answer.Length + (Refusal?.Length ?? 0) + Choices.Length;
}
