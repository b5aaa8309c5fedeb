namespace Ensemble.Catalog.Tests;

public sealed class BaseUrlTests
{
    [Theory]
    [InlineData("http://169.254.169.254/v1", "metadata")]
    [InlineData("https://169.254.1.1/v1", "link-local")]
    [InlineData("http://2852039166/", "metadata")]
    [InlineData("http://0xA9.0xFE.0xA9.0xFE/", "metadata")]
    [InlineData("http://0251.0376.0251.0376/", "metadata")]
    [InlineData("http://169.254.43518/", "metadata")]
    [InlineData("http://0/v1", "unspecified")]
    [InlineData("http://0.0.0.0:8000/v1", "unspecified")]
    [InlineData("https://[fe80::1]/v1", "link-local")]
    [InlineData("https://[fd00:ec2::254]/v1", "metadata")]
    [InlineData("https://[::ffff:169.254.169.254]/v1", "metadata")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/v1", "metadata")]
    [InlineData("https://169.254.169.254./v1", "metadata")]
    [InlineData("https://224.0.0.1/v1", "multicast")]
    [InlineData("http://metadata.google.internal/computeMetadata/v1", "metadata")]
    [InlineData("https://METADATA.google.internal./v1", "metadata")]
    [InlineData("http://metadata/v1", "metadata")]
    [InlineData("http://metadata.goog/v1", "metadata")]
    [InlineData("http://instance-data/latest", "metadata")]
    [InlineData("http://instance-data.ec2.internal/latest", "metadata")]
    [InlineData("http://metadata.azure.internal/metadata", "metadata")]
    [InlineData("http://metadata.tencentyun.com/latest", "metadata")]
    public void Read_AddressThatIsNeverCalled_IsAnError(string url, string words)
    {
        var error = Read(url).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("models[0].base_url");
        error.Rule.ShouldContain(words);
        error.Rule.ShouldContain("never called");
    }

    [Theory]
    [InlineData("https://10.1.2.3/v1")]
    [InlineData("https://0x0a.1.2.3/v1")]
    [InlineData("https://192.168.0.1:8443/v1")]
    [InlineData("https://[fd12::1]/v1")]
    public void Read_PrivateAddress_IsServedWithAWarningThatNamesTheOption(string url)
    {
        var result = Read(url);

        result.Snapshot.ShouldNotBeNull();
        var warning = result.Warnings.ShouldHaveSingleItem();
        warning.Path.ShouldBe("models[0].base_url");
        warning.Rule.ShouldContain("Security:AllowedNetworks");
    }

    [Theory]
    [InlineData("http://localhost:8000/v1")]
    [InlineData("http://127.0.0.1:8000/v1")]
    [InlineData("http://0x7f.1/v1")]
    [InlineData("http://[::1]:8000/v1")]
    [InlineData("https://api.example.com/v1")]
    [InlineData("https://8.8.8.8/v1")]
    [InlineData("https://metadata.example.com/v1")]
    [InlineData("https://models.internal/v1")]
    public void Read_ThisMachineOrThePublicInternet_IsServed(string url)
    {
        var result = Read(url);

        result.Snapshot.ShouldNotBeNull();
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://8.8.8.8/v1")]
    [InlineData("http://[2606:4700::1111]/v1")]
    [InlineData("http://api.openai.com/v1")]
    [InlineData("http://me.openai.azure.com/v1")]
    public void Read_PlainHttpToThePublicInternet_IsAnError(string url) =>
        Read(url).Errors.ShouldHaveSingleItem().Rule.ShouldContain("plain http");

    // Where a name is, and which networks the operator allows, is known only at the connect.
    [Theory]
    [InlineData("http://vllm:8000/v1")]
    [InlineData("http://host.docker.internal:11434/v1")]
    [InlineData("http://provider.localhost/v1")]
    [InlineData("http://10.1.2.3/v1")]
    [InlineData("http://localhost.example.com/v1")]
    public void Read_PlainHttpToAnotherMachine_IsServedWithAWarningThatNamesTheOption(string url)
    {
        var result = Read(url);

        result.Snapshot.ShouldNotBeNull();
        result.Warnings.ShouldHaveSingleItem().Rule.ShouldContain("Security:AllowedNetworks");
    }

    [Theory]
    [InlineData("openai", "https://host.example/v1/chat/completions", "https://host.example/v1\"")]
    [InlineData("openai", "https://host.example/v1/embeddings/", "https://host.example/v1\"")]
    [InlineData("openai", "https://host.example:8443/v1/messages", "https://host.example:8443/v1\"")]
    [InlineData("anthropic", "https://host.example/v1/messages", "https://host.example/v1\"")]
    [InlineData("openai", "https://host.example", "https://host.example/v1\"")]
    [InlineData("openai", "https://host.example/api", "https://host.example/api/v1\"")]
    [InlineData("openai", "http://localhost:11434", "http://localhost:11434/v1\"")]
    [InlineData("openai", "https://generativelanguage.googleapis.com/v1beta", "/v1beta/openai")]
    [InlineData("openai", "https://api.anthropic.com/v1", "\"provider\": \"anthropic\"")]
    [InlineData("openai", "https://NAME.openai.azure.com/openai/v1", "\"provider\": \"azure-openai\"")]
    [InlineData("anthropic", "https://api.openai.com/v1", "\"provider\": \"openai\"")]
    [InlineData("azure-openai", "https://api.openai.com/v1", "\"provider\": \"openai\"")]
    [InlineData("azure-openai", "https://NAME.openai.azure.com/openai/v1/chat/completions", "https://name.openai.azure.com/openai/v1\"")]
    public void Read_AddressThatIsHardlyMeant_IsServedWithAWarningThatSaysWhatToWrite(string provider, string url, string advice)
    {
        var result = CatalogSamples.Read(
            $$"""{ "models": [ { "display_name": "a", "provider": "{{provider}}", "model": "m", "api_key": "env:KEY_A", "base_url": "{{url}}" } ] }""",
            CatalogSamples.Secrets(("KEY_A", "secret")));

        result.Snapshot.ShouldNotBeNull();
        var warning = result.Warnings.ShouldHaveSingleItem();
        warning.Path.ShouldBe("models[0].base_url");
        warning.Fix.ShouldContain(advice);
    }

    [Theory]
    [InlineData("openai", "https://generativelanguage.googleapis.com/v1beta/openai")]
    [InlineData("openai", "https://openrouter.ai/api/v1/")]
    [InlineData("openai", "https://host.example/v2/openai")]
    [InlineData("anthropic", "https://api.anthropic.com/v1")]
    [InlineData("azure-openai", "https://NAME.openai.azure.com/openai/v1")]
    public void Read_AddressOfAKnownProvider_HasNoWarning(string provider, string url) => CatalogSamples.Read(
        $$"""{ "models": [ { "display_name": "a", "provider": "{{provider}}", "model": "m", "api_key": "env:KEY_A", "base_url": "{{url}}" } ] }""",
        CatalogSamples.Secrets(("KEY_A", "secret"))).Warnings.ShouldBeEmpty();

    private static CatalogReadResult Read(string url) => CatalogSamples.Read(
        CatalogSamples.WithModel($"\"base_url\": \"{url}\""), CatalogSamples.Secrets(("KEY_A", "secret")));
}
