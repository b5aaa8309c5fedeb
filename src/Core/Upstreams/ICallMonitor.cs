namespace Ensemble.Upstreams;

/// <summary>Watches the pace of a streamed call, and cancels it when it stalls.</summary>
public interface ICallMonitor
{
    /// <summary>Bytes of the answer came in.</summary>
    void OnBytes();

    /// <summary>The first content of the answer came in.</summary>
    void OnFirstContent();
}
