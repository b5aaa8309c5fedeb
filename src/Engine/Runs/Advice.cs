using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>The advice of a panel, as it was shown to the model that wrote the answer.</summary>
/// <param name="Run">The run whose panel it was.</param>
/// <param name="Prompt">A message as JSON: with a built-in prompt it follows the conversation, with the operator's own it holds it.</param>
/// <param name="HoldsConversation">Whether it replaces the messages before it.</param>
/// <param name="After">The index of the conversation's last message at that time.</param>
internal sealed record Advice(string Run, ReadOnlyMemory<byte> Prompt, bool HoldsConversation, int After)
{
    /// <summary>Of the judge's prompt; null where no judge was asked.</summary>
    public JudgeManifest? Judge { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AdviceContext.Default.Advice);

    /// <returns>Null where it is none.</returns>
    public static Advice? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AdviceContext.Default.Advice);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Advice))]
internal sealed partial class AdviceContext : JsonSerializerContext;
