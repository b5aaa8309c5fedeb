using Ensemble.Catalog.Editing;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>Providers' secrets in edits: references of the allowed kind, or sealed, and never read back.</summary>
public sealed class ModelSecretTests : IDisposable
{
    private const string Secret = "sk-provider-0123456789";
    private const string Url = "https://api.example/v1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("env:ENSEMBLE_SECRET_")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:{folder}/../x")]
    [InlineData("file:{folder}-2/x")]
    [InlineData("file:{folder}/out/passwd")]
    public async Task Create_ReferenceThatIsNotAllowed_IsInvalid(string reference)
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "out"), "/etc");
        await using var rig = await EditorRig.StartAsync(masterKey: 1, directory: _folder.FullName);

        var result = await rig.CreateAsync(Model(reference.Replace("{folder}", _folder.FullName, StringComparison.Ordinal)));

        var error = result.Errors.ShouldHaveSingleItem();
        error.Path.ShouldBe("api_key");
        error.Value.ShouldBeNull();
        error.Fix.ShouldContain("env:ENSEMBLE_SECRET_");
    }

    [Theory]
    [InlineData("env:ENSEMBLE_SECRET_A")]
    [InlineData("file:{folder}/not-there-yet")]
    public async Task Create_AllowedReference_IsStoredAndShownAsItIs(string reference)
    {
        await using var rig = await EditorRig.StartAsync(directory: _folder.FullName);
        var written = reference.Replace("{folder}", _folder.FullName, StringComparison.Ordinal);

        var result = await rig.CreateAsync(Model(written));

        result.Outcome.ShouldBe(EditOutcome.Created);
        result.Warnings.ShouldHaveSingleItem().Path.ShouldBe("api_key");
        (await rig.EntryAsync("m")).GetProperty("api_key").GetString().ShouldBe(written);
    }

    [Fact]
    public async Task Create_SecretInClearWithoutAMasterKey_SaysHowToReferenceIt()
    {
        await using var rig = await EditorRig.StartAsync();

        var error = (await rig.CreateAsync(Model(Secret))).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("api_key");
        error.ToString().ShouldContain("Security:MasterKey");
        error.ToString().ShouldContain("env:ENSEMBLE_SECRET_");
        error.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Create_SecretInClearWithAMasterKey_IsSealedShownAsSuchAndResolved()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);

        var result = await rig.CreateAsync(Model(Secret));

        result.Outcome.ShouldBe(EditOutcome.Created, string.Join('\n', result.Errors));
        result.Warnings.ShouldBeEmpty();
        (await rig.StoredAsync()).ShouldNotContain(Secret);
        (await rig.StoredAsync()).ShouldContain("sealed:v1:");
        (await rig.EntryAsync("m")).GetProperty("api_key").GetString().ShouldBe("sealed");
        rig.Secrets.TryResolve(rig.Served.Current.Models["m"].ApiKey!, out var secret).ShouldBeTrue();
        secret.ShouldBe(Secret);
    }

    [Fact]
    public async Task Put_WhatWasShown_KeepsTheSealedSecret()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        await rig.CreateAsync(Model(Secret));
        var shown = (await rig.EntryAsync("m")).GetRawText();

        var result = await rig.PutAsync("m", shown.Replace("/v1", "/v2", StringComparison.Ordinal));

        result.Outcome.ShouldBe(EditOutcome.Replaced, string.Join('\n', result.Errors));
        rig.Served.Current.Models["m"].BaseUrl!.AbsolutePath.ShouldBe("/v2");
        rig.Secrets.TryResolve(rig.Served.Current.Models["m"].ApiKey!, out var secret).ShouldBeTrue();
        secret.ShouldBe(Secret);
    }

    [Theory]
    [InlineData("https://evil.example/v1", "openai")]
    [InlineData("https://api.example:8443/v1", "openai")]
    [InlineData(null, "simulated")]
    public async Task Put_KeptSecretForAnotherHostOrProvider_IsInvalid(string? url, string provider)
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        await rig.CreateAsync(Model(Secret));

        var result = await rig.PutAsync("m", Model("sealed", url, provider));

        var error = result.Errors.ShouldHaveSingleItem();
        error.Path.ShouldBe("api_key");
        error.Fix.ShouldContain("Give the secret again");
        rig.Served.Current.Models["m"].BaseUrl!.Host.ShouldBe("api.example");
    }

    [Fact]
    public async Task Create_KeepOfNothing_OrASealedTextFromElsewhere_IsInvalid()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        await rig.CreateAsync(Model(Secret));
        var stored = await SealedTextAsync(rig);

        (await rig.CreateAsync(Model("sealed", name: "n"))).Errors.ShouldHaveSingleItem().Path.ShouldBe("api_key");
        (await rig.CreateAsync(Model(stored, name: "n"))).Errors.ShouldHaveSingleItem().Path.ShouldBe("api_key");
    }

    [Fact]
    public async Task Store_SealedSecretMovedToAnotherModelOrHost_DoesNotResolve()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        await rig.CreateAsync(Model(Secret));
        var stored = await SealedTextAsync(rig);

        await rig.Store.TamperAsync(CatalogEntryKind.Model, "n", Model(stored, name: "n"));
        await rig.Store.TamperAsync(CatalogEntryKind.Model, "m", Model(stored, "https://evil.example/v1"));
        await rig.Served.RefreshAsync(TestContext.Current.CancellationToken);

        rig.Served.Current.Models["m"].BaseUrl!.Host.ShouldBe("evil.example");
        rig.Secrets.TryResolve(rig.Served.Current.Models["m"].ApiKey!, out _).ShouldBeFalse();
        rig.Secrets.TryResolve(rig.Served.Current.Models["n"].ApiKey!, out _).ShouldBeFalse();
        rig.Served.Warnings.Count(warning => warning.Path.EndsWith("api_key", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\\nbreak")]
    [InlineData("")]
    public async Task Create_SecretThatNoHeaderCarries_IsInvalid(string secret)
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);

        (await rig.CreateAsync(Model(secret))).Errors.ShouldContain(error => error.Path == "api_key");
    }

    [Fact]
    public async Task Create_SecretTwice_StoresNeither()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);

        var result = await rig.CreateAsync(Model("env:ENSEMBLE_SECRET_A").Replace("\"api_key\"", $"\"api_key\":\"{Secret}\",\"api_key\"", StringComparison.Ordinal));

        result.Outcome.ShouldBe(EditOutcome.Invalid);
        string.Join('\n', result.Errors).ShouldNotContain(Secret);
    }

    private static async Task<string> SealedTextAsync(EditorRig rig)
    {
        var stored = await rig.StoredAsync();
        var start = stored.IndexOf("sealed:v1:", StringComparison.Ordinal);
        return stored[start..stored.IndexOf('"', start)];
    }

    private static string Model(string key, string? url = Url, string provider = "openai", string name = "m") =>
        $$"""{"display_name":"{{name}}","provider":"{{provider}}",{{(url is null ? "" : $"\"base_url\":\"{url}\",")}}"model":"x","api_key":"{{key}}"}""";
}
