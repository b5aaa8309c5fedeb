using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Upstreams;

/// <summary>One call of one model.</summary>
public sealed record UpstreamRequest
{
    public required ModelConfig Model { get; init; }

    /// <summary>The caller's request.</summary>
    public required ChatRequest Chat { get; init; }

    /// <summary>What differs for this call; the dialect adds the provider's own adaptations.</summary>
    public required RequestEdits Edits { get; init; }

    /// <summary>Texts whose vectors are asked for, instead of an answer to <see cref="Chat"/>; null = a chat call.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Receives a streamed answer as it comes; null = the answer is asked for whole.</summary>
    public IAnswerSink? Sink { get; init; }

    /// <summary>Keeps the provider's <c>choices</c> as JSON, for a caller that talks to this model directly.</summary>
    public bool KeepChoices { get; init; }

    /// <summary>
    /// Keeps the answer's tool calls, as choices, for a model that writes an ensemble's answer: a stream's text still goes to
    /// <see cref="IAnswerSink.OnContent"/>, and its calls to <see cref="IAnswerSink.OnCalls"/>.
    /// </summary>
    public bool KeepCalls { get; init; }

    /// <summary>Told of bytes and of the first content, because the limits of a call depend on both.</summary>
    public required ICallMonitor Watch { get; init; }
}
