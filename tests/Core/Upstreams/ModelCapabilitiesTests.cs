using Ensemble.Catalog;
using Ensemble.Providers.OpenAi;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class ModelCapabilitiesTests
{
    [Theory]
    [InlineData(ProviderKind.OpenAi, "https://api.openai.com/v1", true)]
    [InlineData(ProviderKind.OpenAi, "https://eu.api.openai.com/v1", true)]
    [InlineData(ProviderKind.OpenAi, "https://api.openai.com.example/v1", false)]
    [InlineData(ProviderKind.OpenAi, "https://models.test/v1", false)]
    [InlineData(ProviderKind.AzureOpenAi, "https://x.openai.azure.com", true)]
    [InlineData(ProviderKind.Anthropic, "https://api.anthropic.com/v1", false)]
    [InlineData(ProviderKind.Simulated, null, true)]
    public void SupportsN_Provider_AsItUsuallyDoesUnlessItIsSaid(ProviderKind provider, string? url, bool expected)
    {
        var model = Model(provider, url);

        ModelCapabilities.SupportsN(model).ShouldBe(expected);
        ModelCapabilities.SupportsN(model with { Params = new ParamsConfig { N = !expected } }).ShouldBe(!expected);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAi, "https://models.test/v1", "m", true)]
    [InlineData(ProviderKind.OpenAi, "https://api.openai.com/v1", "gpt-5.1", false)]
    [InlineData(ProviderKind.AzureOpenAi, "https://x.openai.azure.com", "o3-mini", false)]
    [InlineData(ProviderKind.AzureOpenAi, "https://x.openai.azure.com", "gpt-4o", true)]
    [InlineData(ProviderKind.Anthropic, "https://api.anthropic.com/v1", "m", false)]
    [InlineData(ProviderKind.Simulated, null, "m", true)]
    public void HasLogprobs_Provider_AsItDoesUnlessTheyAreDropped(ProviderKind provider, string? url, string name, bool expected)
    {
        var model = Model(provider, url, name);

        ModelCapabilities.HasLogprobs(model).ShouldBe(expected);
        ModelCapabilities.HasLogprobs(model with { Params = new ParamsConfig { Drop = ["logprobs"] } }).ShouldBeFalse();
        ModelCapabilities.HasLogprobs(model with { Kind = ModelKind.Embedding }).ShouldBeFalse();
    }

    private static ModelConfig Model(ProviderKind provider, string? url, string model = "m") =>
        new() { DisplayName = "a", Provider = provider, Model = model, BaseUrl = url is null ? null : new Uri(url) };
}
