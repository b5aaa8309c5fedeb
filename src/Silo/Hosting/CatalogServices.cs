using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Frontend.Options;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ensemble.Silo.Hosting;

internal static class CatalogServices
{
    /// <summary>Adds the catalog that the options name, and the secrets it refers to.</summary>
    public static IServiceCollection AddEnsembleCatalog(this IServiceCollection services, FrontendOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new SecretPolicy(options.SecretDirectory));
        services.TryAddSingleton(static provider => new SecretResolver(
            provider.GetRequiredService<TimeProvider>(),
            environment: null,
            provider.GetRequiredService<SecretPolicy>(),
            provider.GetRequiredService<FrontendOptions>().Sealer));
        services.TryAddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretResolver>());
        services.TryAddSingleton<ICatalog>(OpenCatalog);
        services.AddHostedService<CatalogStartup>();
        return services;
    }

    private static ICatalog OpenCatalog(IServiceProvider provider)
    {
        if (provider.GetRequiredService<FrontendOptions>().CatalogFile is { } file)
        {
            return FileCatalog.Open(
                file,
                provider.GetRequiredService<SecretResolver>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FileCatalog>>());
        }

        return new StoreCatalog(
            provider.GetRequiredService<ICatalogStore>(),
            provider.GetRequiredService<SecretResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StoreCatalog>>());
    }
}
