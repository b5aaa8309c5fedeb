using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Frontend.Dialects;

/// <summary>The API of an endpoint that asks for answers. A run is always executed on a request of chat completions.</summary>
internal interface IDialect
{
    /// <summary>Of the chat request that comes out of <see cref="Read"/>.</summary>
    ChatLimits Limits { get; }

    /// <param name="body">As the caller sent it.</param>
    /// <param name="catalog">What the request's model is.</param>
    /// <exception cref="ChatRequestException">The body is no request of this API, or asks for what is not offered.</exception>
    TranslatedRequest Read(ReadOnlyMemory<byte> body, CatalogSnapshot catalog);
}

/// <param name="Chat">The body of a request of chat completions.</param>
/// <param name="Format">How the answer to this request is written.</param>
internal readonly record struct TranslatedRequest(ReadOnlyMemory<byte> Chat, IAnswerFormat Format);
