namespace Ensemble.Grains.Streams;

/// <summary>One try at listening, with an address of its own: what an earlier one left behind in the cluster cannot be in its way. Guarded by its owner.</summary>
internal sealed class StreamSubscription(string address, long begun)
{
    public string Address => address;

    public long Begun => begun;

    /// <summary>Ends it; null while it is not there yet.</summary>
    public IAsyncDisposable? Handle { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>The number of the last beat that was sent.</summary>
    public long Sent { get; set; }

    /// <summary>The highest number of a beat that came back.</summary>
    public long Returned { get; set; }
}
