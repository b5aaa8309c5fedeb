using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Calls;

namespace Ensemble.Providers.OpenAi;

/// <summary>What is the same for every call of one model.</summary>
internal sealed class ModelProfile
{
    /// <summary>Of a model that speaks OpenAI's chat completions.</summary>
    public ModelProfile(ModelConfig model, Uri baseUrl)
        : this(model, EndpointOf(model, baseUrl, "/chat/completions"), PresetOf(model, baseUrl))
    {
        Embeddings = EndpointOf(model, baseUrl, "/embeddings");
    }

    /// <summary>Of a model of another dialect.</summary>
    public ModelProfile(ModelConfig model, Uri endpoint, OpenAiPreset preset)
    {
        IsAzure = model.Provider == ProviderKind.AzureOpenAi;
        Endpoint = endpoint;
        Embeddings = endpoint;
        ModelJson = JsonSerializer.SerializeToUtf8Bytes(model.Model, ChatJson.Default.String);
        Preset = preset;
        Params = model.Params;
        Reasoning = new ReasoningHoldback(model);
        LearnedKey = $"{model.Provider} {Endpoint} {model.Model}";
    }

    /// <summary>Whether the key goes into the header <c>api-key</c>.</summary>
    public bool IsAzure { get; }

    public Uri Endpoint { get; }

    /// <summary>Where vectors are asked for, in a dialect that has them.</summary>
    public Uri Embeddings { get; }

    public ReadOnlyMemory<byte> ModelJson { get; }

    public OpenAiPreset Preset { get; }

    public ParamsConfig Params { get; }

    public ReasoningHoldback Reasoning { get; }

    /// <summary>Under which refused parameters are remembered: a changed alias or timeout does not forget them.</summary>
    public string LearnedKey { get; }

    /// <param name="path">Follows the base address, with a slash before it.</param>
    public static Uri Below(Uri baseUrl, string path, string query = "") =>
        new UriBuilder(baseUrl) { Path = baseUrl.AbsolutePath.TrimEnd('/') + path, Query = query, Fragment = "" }.Uri;

    private static Uri EndpointOf(ModelConfig model, Uri baseUrl, string path) => model.ApiVersion is { } version
        ? Below(
            baseUrl,
            $"/openai/deployments/{Uri.EscapeDataString(model.Model)}{path}",
            $"api-version={Uri.EscapeDataString(version)}")
        : Below(baseUrl, path);

    private static OpenAiPreset PresetOf(ModelConfig model, Uri baseUrl)
    {
        var preset = OpenAiPresets.For(baseUrl.Host, model.Model);

        // Wherever a resource of Azure or a gateway before it is, the role is known there.
        return model.Provider == ProviderKind.AzureOpenAi ? preset with { DeveloperRole = null } : preset;
    }
}
