namespace Ensemble.Grains.Answers;

/// <summary>How a streamed answer comes to a frontend in another process. A whole one comes with the call that asks for it.</summary>
public enum AnswerTransport
{
    /// <summary>The frontend enumerates them at the run's grain.</summary>
    Pull,

    /// <summary>The run's silo pushes them on the frontend's stream; what does not arrive is pulled.</summary>
    Stream,
}
