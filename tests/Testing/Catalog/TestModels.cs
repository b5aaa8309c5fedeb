using Ensemble.Catalog;

namespace Ensemble.Testing;

/// <summary>Direct models for tests.</summary>
public static class TestModels
{
    /// <summary>A model of an OpenAI-compatible provider, whose name there is <paramref name="model"/>, or else its alias.</summary>
    /// <param name="retries">Default none: a test that wants them says so.</param>
    public static ModelConfig OpenAi(
        string alias, Uri baseUrl, string? model = null, int retries = 0, TimeSpan? timeout = null, SecretReference? apiKey = null) => new()
        {
            DisplayName = alias,
            Provider = ProviderKind.OpenAi,
            Model = model ?? alias,
            BaseUrl = baseUrl,
            ApiKey = apiKey,
            Retries = retries,
            Timeout = timeout ?? ModelConfig.DefaultTimeout,
        };

    /// <summary>A model of the Messages API, whose key is the secret <c>KEY</c>.</summary>
    public static ModelConfig Anthropic(string alias, Uri baseUrl, string? model = null)
    {
        var config = OpenAi(alias, baseUrl, model, apiKey: new SecretReference(SecretSource.Environment, "KEY"));
        return config with { Provider = ProviderKind.Anthropic };
    }

    /// <summary>A model served by the stub under the same name, which is there from now on.</summary>
    public static ModelConfig Of(UpstreamStub stub, string alias, int retries = 0, TimeSpan? timeout = null) =>
        OpenAi(alias, stub.BaseUrl, stub.Model(alias).Name, retries, timeout);

    /// <summary>A model without a network that answers at once, always right.</summary>
    public static ModelConfig Simulated(string alias, SimulatedConfig? behaviour = null) => new()
    {
        DisplayName = alias,
        Provider = ProviderKind.Simulated,
        Model = alias,
        Retries = 0,
        Simulated = behaviour ?? new SimulatedConfig
        {
            MinLatency = TimeSpan.Zero,
            MaxLatency = TimeSpan.Zero,
            TokensPerSecond = 0,
            Accuracy = 1,
        },
    };
}
