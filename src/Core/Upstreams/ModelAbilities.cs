using Ensemble.Catalog;
using Ensemble.Upstreams.OpenAi;

namespace Ensemble.Upstreams;

/// <summary>What a model's provider can be asked for, as far as its configuration tells.</summary>
internal static class ModelAbilities
{
    /// <summary>Whether one call may ask for several answers. Many compatible servers take <c>n</c> and give one answer all the same.</summary>
    public static bool TakesN(ModelConfig model) => model.Params.N ?? model.Provider switch
    {
        ProviderKind.AzureOpenAi or ProviderKind.Simulated => true,
        ProviderKind.OpenAi => model.BaseUrl is { } url && OpenAiPresets.IsOpenAi(url.Host),
        _ => false,
    };
}
