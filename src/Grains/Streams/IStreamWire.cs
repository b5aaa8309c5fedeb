namespace Ensemble.Grains.Streams;

/// <summary>Carries items to whoever listens at an address, mostly in order, mostly once: nobody may rely on either.</summary>
internal interface IStreamWire<T>
{
    Task PublishAsync(string address, T item);

    /// <param name="receive">Must not wait.</param>
    /// <returns>Ends the subscription when disposed of.</returns>
    Task<IAsyncDisposable> SubscribeAsync(string address, Action<T> receive);
}
