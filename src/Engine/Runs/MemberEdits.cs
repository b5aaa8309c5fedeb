using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Chat;
using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>What differs between the caller's request and a panel member's.</summary>
internal static class MemberEdits
{
    /// <summary>
    /// Fields that no sub-call of an ensemble carries: what the gateway decides itself, what would make a sub-call
    /// somebody's stored completion, and what <c>EnsembleRequestRules</c> lets pass only in a form that says nothing.
    /// </summary>
    public static readonly FrozenSet<string> AlwaysDropped = FrozenSet.Create(
        "n", "stream", "stream_options", "store", "metadata", "service_tier", "prediction", "logprobs", "top_logprobs",
        "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "audio", "modalities");

    /// <summary>How OpenAI calls the field.</summary>
    public const string EffortField = "reasoning_effort";

    /// <summary>Those of them that go out where tools do.</summary>
    public static readonly IReadOnlyList<string> ToolFields = ["tools", "tool_choice", "parallel_tool_calls"];

    private static readonly ReadOnlyMemory<byte> NoChoice = "\"none\""u8.ToArray();

    private static readonly FrozenSet<string> AlwaysDroppedWithTools = AlwaysDropped.Except(ToolFields).ToFrozenSet();

    public static RequestEdits For(ChatRequest chat, PanelSlot slot, ToolOffer? tools = null)
    {
        // Without tools the fields that go with them say nothing, and some providers refuse them.
        var edits = new RequestEdits(tools is { IsSent: true } ? AlwaysDroppedWithTools : AlwaysDropped);
        if (tools is { IsAdvice: true })
        {
            edits.Set("tool_choice", NoChoice).Drop("parallel_tool_calls");
            edits.MessagesWithoutTools = () => ToolCallText.Conversation(chat);
        }

        if (slot.Member.Temperature is { } temperature)
        {
            edits.Set("temperature", temperature);
        }

        if (slot.Member.ReasoningEffort is { } effort)
        {
            edits.Set(EffortField, SnakeCase.Of(effort));
        }

        // Samples of one seed would be the same answer again: each counts on from the first.
        if (slot.Answers > 1)
        {
            edits.Set("n", (long)slot.Answers);
        }
        else if ((slot.Member.Seed ?? SeedOf(chat, slot)) is { } seed)
        {
            edits.Set("seed", seed + slot.Key.Sample);
        }

        return edits;
    }

    /// <summary>The seed that a call sends; null = none.</summary>
    public static long? SeedOf(ModelCall call) =>
        call.Edits.Fields.TryGetValue("seed", out var set) ? Utf8Parser.TryParse(set.Span, out long seed, out _) ? seed : null
        : call.Edits.Drops("seed") ? null
        : SeedOf(call.Chat);

    private static long? SeedOf(ChatRequest chat, PanelSlot slot) => slot.Key.Sample == 0 ? null : SeedOf(chat);

    private static long? SeedOf(ChatRequest chat)
    {
        if (!chat.TryGetField("seed", out var field) || field.Kind != JsonTokenType.Number)
        {
            return null;
        }

        var reader = new Utf8JsonReader(chat.Slice(field.Value));
        reader.Read();
        return reader.Whole();
    }
}
