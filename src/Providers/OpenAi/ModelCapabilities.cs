using Ensemble.Catalog;

namespace Ensemble.Providers.OpenAi;

/// <summary>What a model's provider can be asked for, as far as its configuration tells.</summary>
internal static class ModelCapabilities
{
    private const string LogprobsField = "logprobs";

    /// <summary>
    /// Whether one call may ask for several answers. Many compatible servers take <c>n</c> and give one answer all the same.
    /// </summary>
    public static bool SupportsN(ModelConfig model) => model.Params.N ?? model.Provider switch
    {
        ProviderKind.AzureOpenAi or ProviderKind.Simulated => true,
        ProviderKind.OpenAi => model.BaseUrl is { } url && OpenAiPresets.IsOpenAi(url.Host),
        _ => false,
    };

    /// <summary>
    /// Whether it reports its tokens' log-probabilities. A server that ignores the field is told of in <c>params.drop</c>.
    /// </summary>
    public static bool HasLogprobs(ModelConfig model) =>
        model.Kind == ModelKind.Chat && !model.Params.Drop.Contains(LogprobsField) && model.Provider switch
        {
            ProviderKind.Simulated => true,
            ProviderKind.OpenAi or ProviderKind.AzureOpenAi =>
                !OpenAiPresets.For(model.BaseUrl?.Host ?? "", model.Model).Drop.Contains(LogprobsField),
            _ => false,
        };
}
