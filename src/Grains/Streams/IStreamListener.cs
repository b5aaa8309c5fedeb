namespace Ensemble.Grains.Streams;

/// <summary>Whose stream it is. Nothing here may wait.</summary>
internal interface IStreamListener<T>
{
    T NewBeat(long number);

    /// <returns>Null where the item is no beat.</returns>
    long? BeatOf(T item);

    /// <summary>Takes an item that is no beat.</summary>
    void Receive(T item);

    /// <summary>Once a beat interval, after everything else.</summary>
    void OnTick();

    void OnMissedBeat();

    /// <summary>Nothing more comes at the address that was good until now. Called under the link's lock.</summary>
    /// <param name="isStop">Whether somebody wanted it so.</param>
    void OnEnded(bool isStop);

    /// <summary>The stream brings nothing. Once until it serves again: the tries may be many.</summary>
    void OnDown(Exception? exception);

    /// <summary>A beat has come back at a new address.</summary>
    /// <param name="isBack">Whether that ends an outage.</param>
    void OnLive(bool isBack);
}
