namespace Ensemble.Grains.Answers;

/// <summary>How the events of a streamed answer come to a frontend. Whole answers are always pulled.</summary>
public enum AnswerTransport
{
    /// <summary>Each is read from its run's grain.</summary>
    Pull,

    /// <summary>Silos publish them on one stream a frontend; what the stream loses is pulled.</summary>
    Stream,
}
