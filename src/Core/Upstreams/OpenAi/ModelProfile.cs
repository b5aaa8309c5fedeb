using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>What is the same for every call of one model.</summary>
internal sealed class ModelProfile
{
    public ModelProfile(ModelConfig model, Uri baseUrl)
    {
        Endpoint = new UriBuilder(baseUrl) { Path = baseUrl.AbsolutePath.TrimEnd('/') + "/chat/completions", Fragment = "" }.Uri;
        ModelJson = JsonSerializer.SerializeToUtf8Bytes(model.Model, ChatJson.Default.String);
        Preset = OpenAiPresets.For(baseUrl.Host, model.Model);
        Params = model.Params;
        LearnedKey = $"{model.Provider} {baseUrl} {model.Model}";
    }

    public Uri Endpoint { get; }

    public ReadOnlyMemory<byte> ModelJson { get; }

    public OpenAiPreset Preset { get; }

    public ParamsConfig Params { get; }

    /// <summary>Under which refused parameters are remembered: a changed alias or timeout does not forget them.</summary>
    public string LearnedKey { get; }
}
