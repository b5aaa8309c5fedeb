using Ensemble.Chat;

namespace Ensemble.Providers.Simulated;

/// <summary>Reads the text of a request's messages.</summary>
internal static class SimulatedMessages
{
    /// <summary>
    /// What is asked: the last message of a user. Of one that gives out a part of the work it is the part, and before one that shows a
    /// draft to be put right it is the message that the draft was to.
    /// </summary>
    /// <returns>The last message where none is a user's.</returns>
    public static string Question(ChatRequest chat)
    {
        string? newest = null;
        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role != ChatRole.User)
            {
                continue;
            }

            var text = ChatText.Of(chat, chat.Messages[index], notes: false);
            newest ??= text;
            var fences = SimulatedSection.ReadAll(text);
            if (fences.Find(fence => fence.Name == "part") is { Name: not null } part)
            {
                return part.Text;
            }

            if (!fences.Exists(fence => fence.Name == "draft"))
            {
                return text;
            }
        }

        return newest ?? ChatText.Of(chat, chat.Messages[^1], notes: false);
    }
}
