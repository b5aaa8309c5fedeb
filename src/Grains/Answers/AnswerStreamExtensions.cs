namespace Ensemble.Grains.Answers;

public static class AnswerStreamExtensions
{
    /// <summary>Adds the streams on which answers go to frontends. Subscriptions are kept in memory: frontends renew theirs when they are lost.</summary>
    public static ISiloBuilder AddAnswerStreams(this ISiloBuilder silo)
    {
        silo.AddMemoryGrainStorage(AnswerStreams.SubscriptionStore);
        return silo.AddMemoryStreams(
            AnswerStreams.ProviderName,
            static streams =>
            {
                streams.ConfigurePartitioning(AnswerStreams.QueueCount);
                streams.ConfigureCacheEviction(static cache => cache.Configure(static options =>
                {
                    options.DataMinTimeInCache = AnswerStreams.KeptInCache / 2;
                    options.DataMaxAgeInCache = AnswerStreams.KeptInCache;
                }));
                streams.ConfigurePullingAgent(static agent => agent.Configure(static options =>
                {
                    options.GetQueueMsgsTimerPeriod = AnswerStreams.PollInterval;
                    options.BatchContainerBatchSize = AnswerStreams.ItemsAtOnce;
                }));
            });
    }

    /// <summary>Adds the same to a frontend that is a client of the cluster.</summary>
    public static IClientBuilder AddAnswerStreams(this IClientBuilder client) =>
        client.AddMemoryStreams(AnswerStreams.ProviderName, static streams => streams.ConfigurePartitioning(AnswerStreams.QueueCount));
}
