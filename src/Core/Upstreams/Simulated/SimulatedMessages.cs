using Ensemble.Chat;

namespace Ensemble.Upstreams.Simulated;

/// <summary>Reads the text of a request's messages.</summary>
internal static class SimulatedMessages
{
    /// <returns>The last message where none is a user's.</returns>
    public static string LastUserText(ChatRequest chat)
    {
        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role == ChatRole.User)
            {
                return ChatText.Of(chat, chat.Messages[index], notes: false);
            }
        }

        return ChatText.Of(chat, chat.Messages[^1], notes: false);
    }
}
