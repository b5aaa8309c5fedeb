using System.Text;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Tests.Editing;

namespace Ensemble.Catalog.Tests;

/// <summary>A model's own headers: which are taken, and how their secrets are kept.</summary>
public sealed class HeadersTests
{
    private const string Secret = "gw-0123456789";

    [Fact]
    public void Read_Headers_AreTextOrReferences()
    {
        var result = Read(""" "X-Title":"My app","X-Gateway-Key":"env:GW" """);

        result.Errors.ShouldBeEmpty();
        result.Snapshot!.Models["m"].Headers.ShouldBe(
        [
            new HeaderConfig("X-Title", "My app", null),
            new HeaderConfig("X-Gateway-Key", null, new SecretReference(SecretSource.Environment, "GW")),
        ]);
    }

    [Theory]
    [InlineData("Connection", "x", "sets itself")]
    [InlineData("transfer-encoding", "x", "sets itself")]
    [InlineData("Content-Length", "1", "sets itself")]
    [InlineData("Proxy-Connection", "x", "sets itself")]
    [InlineData("Host", "x", "sets itself")]
    [InlineData("Authorization", "env:GW", "api_key is sent")]
    [InlineData("X Y", "x", "not a header's name")]
    [InlineData("X-Y\\r\\nA", "x", "not a header's name")]
    [InlineData("X-Y", "a\\r\\nB: c", "no header can carry")]
    [InlineData("X-Y", "\\u00e9", "no header can carry")]
    [InlineData("X-Api-Token", Secret, "secret in clear")]
    [InlineData("X-Y", "env:1", "not a usable reference")]
    public void Read_HeaderThatCannotBeSent_IsAnErrorThatShowsNoValue(string name, string value, string rule)
    {
        var error = Read($"\"{name}\":\"{value}\"").Errors.ShouldHaveSingleItem();

        error.Path.ShouldStartWith("models[0].headers");
        error.Rule.ShouldContain(rule);
        error.Value.ShouldBeNull();
        error.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public void Read_OneHeaderInTwoCases_IsAnError() => Read(""" "X-A":"1","x-a":"2" """).Errors.ShouldHaveSingleItem().Rule.ShouldContain("twice");

    [Fact]
    public async Task Edit_Headers_FollowTheRulesOfSecretsAndAreNeverShown()
    {
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        var created = await rig.CreateAsync(Model($$"""{"X-Title":"My app","X-Api-Token":"{{Secret}}","X-Ref":"env:ENSEMBLE_SECRET_A"}"""));

        created.Outcome.ShouldBe(EditOutcome.Created, string.Join('\n', created.Errors));
        (await rig.StoredAsync()).ShouldNotContain(Secret);
        var shown = await rig.EntryAsync("m");
        shown.GetProperty("headers").GetRawText().ShouldBe("""{"X-Title":"sealed","X-Api-Token":"sealed","X-Ref":"env:ENSEMBLE_SECRET_A"}""");

        var kept = await rig.PutAsync("m", shown.GetRawText().Replace("/v1", "/v2", StringComparison.Ordinal));
        kept.Outcome.ShouldBe(EditOutcome.Replaced, string.Join('\n', kept.Errors));
        var headers = rig.Served.Current.Models["m"].Headers;
        headers[0].Value.ShouldBe("My app");
        rig.Secrets.TryResolve(headers[1].Secret!, out var secret).ShouldBeTrue();
        secret.ShouldBe(Secret);

        (await rig.PutAsync("m", Model("""{"X-Api-Token":"sealed"}""", "https://evil.example/v1"))).Errors.ShouldHaveSingleItem().Path.ShouldBe("headers.X-Api-Token");
        (await rig.PutAsync("m", Model("""{"X-Ref":"env:PATH"}"""))).Errors.ShouldHaveSingleItem().Path.ShouldBe("headers.X-Ref");
    }

    [Fact]
    public async Task Edit_SecretHeaderInClearWithoutAMasterKey_IsInvalid()
    {
        await using var rig = await EditorRig.StartAsync();

        var error = (await rig.CreateAsync(Model($$"""{"X-Api-Token":"{{Secret}}"}"""))).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("headers.X-Api-Token");
        error.ToString().ShouldNotContain(Secret);
    }

    private static CatalogReadResult Read(string headers) => CatalogReader.Read(
        Encoding.UTF8.GetBytes($$"""{"models":[{"display_name":"m","provider":"openai","model":"x","api_key":"env:K","headers":{ {{headers}} } }]}"""), 1);

    private static string Model(string headers, string url = "https://api.example/v1") =>
        $$"""{"display_name":"m","provider":"openai","base_url":"{{url}}","model":"x","headers":{{headers}} }""";
}
