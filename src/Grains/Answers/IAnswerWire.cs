namespace Ensemble.Grains.Answers;

/// <summary>Carries batches to whoever listens at an address, mostly in order, mostly once: nobody may rely on either.</summary>
internal interface IAnswerWire
{
    Task PublishAsync(string address, AnswerBatch batch);

    /// <param name="receive">Must not wait.</param>
    /// <returns>Ends the subscription when disposed of.</returns>
    Task<IAsyncDisposable> SubscribeAsync(string address, Action<AnswerBatch> receive);
}
