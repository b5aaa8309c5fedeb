using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Dialects;

/// <summary>Writes the server-sent events of one streamed answer; it flushes nothing.</summary>
internal interface IAnswerStream : IDisposable
{
    /// <summary>A piece of an ensemble's text.</summary>
    void Content(string text);

    /// <summary>A direct model's chunk, or an ensemble's tool calls.</summary>
    void Choices(ChoicesDelta delta);

    /// <summary>The last events of a whole answer.</summary>
    void End(RunCompleted completed);

    /// <summary>The last event of an answer that breaks off.</summary>
    void Error(ApiError error);

    /// <summary>Shows clients and proxies that the answer is still coming.</summary>
    void KeepAlive();
}
