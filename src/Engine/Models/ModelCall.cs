using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>A question to one model, and the limits of asking it.</summary>
public sealed record ModelCall
{
    public required ModelConfig Model { get; init; }

    /// <summary>The caller's request.</summary>
    public required ChatRequest Chat { get; init; }

    /// <summary>What differs from it for this model.</summary>
    public required RequestEdits Edits { get; init; }

    /// <summary>
    /// Texts whose vectors an embedding model is asked for, none of them empty; null = a chat call. With it nothing of <see cref="Chat"/>
    /// and <see cref="Edits"/> is sent, and there is no <see cref="Sink"/>.
    /// </summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Bounds everything: gate, attempts, back-off; with a <see cref="Sink"/> only until the first content.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Longest silence between two bytes after the first content.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Receives the answer as it comes; null = the answer is asked for whole.</summary>
    public IAnswerSink? Sink { get; init; }

    /// <summary>Keeps the provider's <c>choices</c> as JSON.</summary>
    public bool KeepChoices { get; init; }

    /// <summary>Keeps the answer's tool calls.</summary>
    public bool KeepCalls { get; init; }

    /// <summary>Answers that its provider is asked for at once, where that is not what the caller asked for. Default 1.</summary>
    public int Answers { get; init; } = 1;

    /// <summary>
    /// The longest pause that a provider asked for and that is waited for, once: its caller can wait as well. Null = whatever fits into
    /// <see cref="Timeout"/>, after each attempt.
    /// </summary>
    public TimeSpan? MaxRetryDelay { get; init; }

    /// <summary>Whether a model at its limit is asked again later, as after a 429, or given up at once.</summary>
    public bool WaitForGate { get; init; }
}
