namespace Ensemble.Grains.Streams;

/// <summary>How a subscription that died without a word is found out.</summary>
internal static class StreamBeats
{
    /// <summary>Beats that do not come back until the subscription is given up.</summary>
    public const int Missed = 3;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a subscription may take until another is tried.</summary>
    public static readonly TimeSpan SubscribeLimit = TimeSpan.FromSeconds(5);
}
