using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Streams;

namespace Ensemble.Grains.Streams;

public static class StreamHostingExtensions
{
    /// <summary>The name of the provider of streams between silos and frontends.</summary>
    public const string ProviderName = "ensemble";

    /// <summary>Adds the streams on which silos push answers and usage to frontends.</summary>
    public static ISiloBuilder AddPushStreams(this ISiloBuilder silo)
    {
        silo.Services.AddPushStreams();
        return silo;
    }

    /// <summary>Adds the same to a frontend that is a client of the cluster.</summary>
    public static IClientBuilder AddPushStreams(this IClientBuilder client)
    {
        client.Services.AddPushStreams();
        return client;
    }

    /// <summary>Opens a stream of this process and subscribes to it.</summary>
    internal static async Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(
        this IClusterClient client, string streamNamespace, IAsyncObserver<T> observer)
    {
        var provider = (PushStreamProvider)client.GetStreamProvider(ProviderName);
        return await (await provider.OpenAsync<T>(streamNamespace)).SubscribeAsync(observer);
    }

    private static void AddPushStreams(this IServiceCollection services) => services.TryAddKeyedSingleton<IStreamProvider>(
        ProviderName, static (provider, name) => new PushStreamProvider((string)name!, provider.GetRequiredService<IGrainFactory>()));
}
