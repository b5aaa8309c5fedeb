namespace Ensemble.Usage;

/// <summary>One thing that a watcher is told. The same object goes to all watchers.</summary>
public sealed class UsageNotification
{
    /// <summary>Something may be missing, and nobody knows what: the way to the watcher was interrupted.</summary>
    public static readonly UsageNotification Gap = new();

    /// <summary>Says nothing: who waits is to look again.</summary>
    internal static readonly UsageNotification Wake = new();

    private byte[]? _written;

    private UsageNotification()
    {
    }

    /// <summary>A sub-call that has ended; null where the note is about something else.</summary>
    public UsageRow? Call { get; private init; }

    /// <summary>A run that has ended, without its manifest; null where the note is about something else.</summary>
    public RunRecord? Run { get; private init; }

    /// <summary>How many notes were left out since the last time that this was told; 0 where the note is about something else.</summary>
    public long Dropped { get; private init; }

    public static UsageNotification Of(UsageRow call) => new() { Call = call };

    public static UsageNotification Of(RunRecord run) => new() { Run = run };

    internal static UsageNotification OfDropped(long count) => new() { Dropped = count };

    /// <summary>What it is on the way to watchers, written when the first one needs it.</summary>
    /// <param name="write">The same for all: its result is kept.</param>
    public ReadOnlyMemory<byte> Written(Func<UsageNotification, byte[]> write) => _written ??= write(this);
}
