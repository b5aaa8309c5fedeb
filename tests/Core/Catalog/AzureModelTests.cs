namespace Ensemble.Catalog.Tests;

public sealed class AzureModelTests
{
    [Theory]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": \"2024-10-21\"", "2024-10-21")]
    [InlineData("\"base_url\": \"https://gateway.example.com/ai\", \"api_version\": \"2025-04-01-preview\"", "2025-04-01-preview")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com/openai/v1\"", null)]
    [InlineData("\"base_url\": \"https://x.openai.azure.com/openai/v1/\", \"api_version\": null", null)]
    public void Read_EitherForm_IsServed(string fields, string? version)
    {
        var result = Read(fields);

        result.Warnings.ShouldBeEmpty();
        var model = result.Snapshot.ShouldNotBeNull().Models["a"];
        model.Provider.ShouldBe(ProviderKind.AzureOpenAi);
        model.ApiVersion.ShouldBe(version);
    }

    [Theory]
    [InlineData("\"api_version\": \"2024-10-21\"", "base_url", "is required")]
    [InlineData("\"family\": \"x\"", "base_url", "is required")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com/openai/v1\", \"api_version\": \"2024-10-21\"", "base_url", "has a path")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com/openai\", \"api_version\": \"2024-10-21\"", "base_url", "has a path")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com/openai/deployments/m\", \"api_version\": \"2024-10-21\"", "base_url", "has a path")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\"", "base_url", "without api_version")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": \"v1\"", "api_version", "is not a version")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": \"preview\"", "api_version", "is not a version")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": \"2024-13-21\"", "api_version", "is not a version")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": \"2024-10-21&x=y\"", "api_version", "is not a version")]
    [InlineData("\"base_url\": \"https://x.openai.azure.com\", \"api_version\": 2024", "api_version", "must be a string")]
    [InlineData("\"base_url\": \"http://x.openai.azure.com\", \"api_version\": \"2024-10-21\"", "base_url", "plain http")]
    public void Read_FormThatDoesNotFit_IsAnError(string fields, string field, string rule)
    {
        var error = Read(fields).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe($"models[0].{field}");
        error.Rule.ShouldContain(rule);
        error.Fix.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("simulated")]
    public void Read_VersionOfAnotherProvider_IsAnError(string provider)
    {
        var result = CatalogSamples.Read($$"""{ "models": [ { "display_name": "a", "provider": "{{provider}}", "model": "m", "api_version": "2024-10-21" } ] }""");

        var error = result.Errors.ShouldHaveSingleItem();
        error.Path.ShouldBe("models[0].api_version");
        error.Rule.ShouldContain("azure-openai");
    }

    [Fact]
    public void Read_NoDeployment_IsAnError() => CatalogSamples
        .Read("""{ "models": [ { "display_name": "a", "provider": "azure-openai", "base_url": "https://x.openai.azure.com/openai/v1", "api_key": "env:KEY_A" } ] }""")
        .Errors.ShouldHaveSingleItem().Path.ShouldBe("models[0].model");

    [Fact]
    public void Read_NoKey_IsServedWithAWarning() => CatalogSamples
        .Read("""{ "models": [ { "display_name": "a", "provider": "azure-openai", "base_url": "https://x.openai.azure.com/openai/v1", "model": "m" } ] }""")
        .Warnings.ShouldHaveSingleItem().Rule.ShouldContain("no api_key");

    private static CatalogReadResult Read(string fields) => CatalogSamples.Read(
        $$"""{ "models": [ { "display_name": "a", "provider": "azure-openai", "model": "m", "api_key": "env:KEY_A", {{fields}} } ] }""",
        CatalogSamples.Secrets(("KEY_A", "secret")));
}
