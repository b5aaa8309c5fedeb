using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>What <c>reasoning_effort</c> is for a model that is told how many tokens its thoughts may take.</summary>
internal static class ThinkingBudget
{
    /// <summary>The least that the API takes, in tokens.</summary>
    public const long Min = 1024;

    /// <param name="effort">The value of <c>reasoning_effort</c>.</param>
    /// <returns>Tokens; 0 where the model is not to think; null where there is no such effort.</returns>
    public static long? Of(ReadOnlySpan<byte> effort) =>
        effort.SequenceEqual("\"none\""u8) ? 0 : OutputConfig.Effort(effort) switch
        {
            null => null,
            "low" => Min,
            "medium" => 4 * Min,
            _ => 16 * Min,
        };

    /// <summary>Thoughts take at most half of what the answer may take with them.</summary>
    /// <param name="limit">Of both, in tokens; null = there is none.</param>
    /// <returns>Null where too little is left to think.</returns>
    public static long? Within(long budget, long? limit) =>
        Math.Min(budget, limit / 2 ?? budget) is var tokens && tokens >= Min ? tokens : null;

    /// <summary>
    /// Whether the last turn of the model called tools: the API wants that turn's thoughts back, which no caller of ours has.
    /// </summary>
    public static bool IsAmidCalls(ChatRequest chat, RequestEdits edits)
    {
        if (edits is { Messages: not null, ReplacedMessages: null })
        {
            return false;
        }

        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role == ChatRole.Assistant)
            {
                return ToolCallJson.OfMessage(chat.SliceMemory(chat.Messages[index].Whole)).Count > 0;
            }
        }

        return false;
    }
}
