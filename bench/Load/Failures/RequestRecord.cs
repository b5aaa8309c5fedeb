using Ensemble.Load.Processes;

namespace Ensemble.Load.Failures;

/// <summary>What became of one request, as its caller saw it. Times are ticks of the monotonic clock.</summary>
internal sealed class RequestRecord(int number, ChildProcess? frontend, bool streamed)
{
    /// <summary>Stands in the message, by which the stub knows whose call it serves.</summary>
    public int Number => number;

    /// <summary>Null where no frontend was ready.</summary>
    public ChildProcess? Frontend => frontend;

    public bool Streamed => streamed;

    public long SentAt { get; set; }

    /// <summary>When the first piece of text was shown; null = none was.</summary>
    public long? ShownAt { get; set; }

    public long EndedAt { get; set; }

    /// <summary>What the answer's header says; null where none came.</summary>
    public string? Run { get; set; }

    public RequestOutcome Outcome { get; set; }

    public string? Error { get; set; }

    /// <summary>The error event inside a stream, which the SDK does not show; null = there was none.</summary>
    public string? ErrorEvent { get; set; }

    public bool IsInFlightAt(long time) => SentAt <= time && EndedAt > time;
}
