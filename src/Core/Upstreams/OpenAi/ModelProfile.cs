using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>What is the same for every call of one model.</summary>
internal sealed class ModelProfile
{
    public ModelProfile(ModelConfig model, Uri baseUrl)
    {
        IsAzure = model.Provider == ProviderKind.AzureOpenAi;
        Endpoint = EndpointOf(model, baseUrl);
        ModelJson = JsonSerializer.SerializeToUtf8Bytes(model.Model, ChatJson.Default.String);
        Preset = OpenAiPresets.For(baseUrl.Host, model.Model);
        if (IsAzure)
        {
            // Wherever a resource or a gateway before it is, the role is known there.
            Preset = Preset with { DeveloperRole = null };
        }

        Params = model.Params;
        LearnedKey = $"{model.Provider} {Endpoint} {model.Model}";
    }

    /// <summary>Whether the key goes into the header <c>api-key</c>.</summary>
    public bool IsAzure { get; }

    public Uri Endpoint { get; }

    public ReadOnlyMemory<byte> ModelJson { get; }

    public OpenAiPreset Preset { get; }

    public ParamsConfig Params { get; }

    /// <summary>Under which refused parameters are remembered: a changed alias or timeout does not forget them.</summary>
    public string LearnedKey { get; }

    private static Uri EndpointOf(ModelConfig model, Uri baseUrl)
    {
        var path = baseUrl.AbsolutePath.TrimEnd('/');
        return model.ApiVersion is { } version
            ? new UriBuilder(baseUrl)
            {
                Path = $"{path}/openai/deployments/{Uri.EscapeDataString(model.Model)}/chat/completions",
                Query = $"api-version={Uri.EscapeDataString(version)}",
                Fragment = "",
            }.Uri
            : new UriBuilder(baseUrl) { Path = $"{path}/chat/completions", Fragment = "" }.Uri;
    }
}
