using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Chat;

/// <summary>Chat completions, in which runs are executed: nothing is translated.</summary>
internal sealed class ChatDialect : IDialect
{
    public ChatLimits Limits => ChatLimits.Default;

    public TranslatedRequest Read(ReadOnlyMemory<byte> body, CatalogSnapshot catalog) => new(body, ChatFormat.Instance);
}
