using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Editing;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>Callers' keys: made once, shown once, stored as digests.</summary>
public sealed class CallerKeyTests
{
    private const string Own = "sk-0123456789abcdef";

    [Fact]
    public async Task Create_WithoutAKey_MakesALongOneAndStoresItsDigestOnly()
    {
        await using var rig = await EditorRig.StartAsync();

        var first = await rig.CreateAsync("""{"name":"anna","allowed_models":["council"]}""", CatalogEntryKind.Key);
        var second = await rig.CreateAsync("""{"name":"bert"}""", CatalogEntryKind.Key);

        var key = first.NewKey.ShouldNotBeNull();
        key.ShouldMatch("^sk-ens-[A-Za-z0-9_-]{43}$");
        second.NewKey.ShouldNotBe(key);
        rig.Served.Current.Keys.Single(served => served.Name == "anna").Sha256.ToArray().ShouldBe(Digest(key));
        (await rig.StoredAsync()).ShouldNotContain(key);
    }

    [Fact]
    public async Task Find_Key_ShowsNeitherItNorItsDigest()
    {
        await using var rig = await EditorRig.StartAsync();
        var created = await rig.CreateAsync($$"""{"name":"anna","key":"{{Own}}","read_manifests":true}""", CatalogEntryKind.Key);
        await rig.CreateAsync($$"""{"name":"bert"}""", CatalogEntryKind.Key);

        var view = await rig.ViewAsync("anna", CatalogEntryKind.Key);
        var other = await rig.ViewAsync("bert", CatalogEntryKind.Key);

        created.NewKey.ShouldBeNull();
        Encoding.UTF8.GetString(view.Json.Span).ShouldBe("""{"name":"anna","read_manifests":true}""");
        view.Fingerprint.ShouldNotBeNull().Length.ShouldBe(8);
        view.Fingerprint.ShouldNotBe(other.Fingerprint);
        Convert.ToHexStringLower(Digest(Own)).ShouldNotContain(view.Fingerprint);
        (await rig.StoredAsync()).ShouldNotContain(Own);
    }

    [Fact]
    public async Task Put_WithoutAKey_KeepsTheDigest_AndWithOneRotatesIt()
    {
        await using var rig = await EditorRig.StartAsync();
        var key = (await rig.CreateAsync("""{"name":"anna"}""", CatalogEntryKind.Key)).NewKey!;

        var kept = await rig.PutAsync("anna", """{"disabled":true}""", kind: CatalogEntryKind.Key);
        var afterKept = rig.Served.Current.Keys[0];
        await rig.PutAsync("anna", $$"""{"name":"anna","key":"{{Own}}"}""", kind: CatalogEntryKind.Key);
        var afterOwn = rig.Served.Current.Keys[0];
        var digest = Convert.ToHexString(Digest("another-long-key-of-theirs"));
        await rig.PutAsync("anna", $$"""{"key_sha256":"{{digest}}"}""", kind: CatalogEntryKind.Key);

        kept.NewKey.ShouldBeNull();
        afterKept.Disabled.ShouldBeTrue();
        afterKept.Sha256.ToArray().ShouldBe(Digest(key));
        afterOwn.Sha256.ToArray().ShouldBe(Digest(Own));
        afterOwn.Disabled.ShouldBeFalse();
        rig.Served.Current.Keys[0].Sha256.ToArray().ShouldBe(Digest("another-long-key-of-theirs"));
    }

    [Fact]
    public async Task Put_AbsentName_MakesAKey()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.PutAsync("anna", "{}", kind: CatalogEntryKind.Key);

        result.Outcome.ShouldBe(EditOutcome.Created);
        result.NewKey.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"name":"x","key":"short"}""", "key")]
    [InlineData("""{"name":"x","key":"env:ENSEMBLE_SECRET_KEY"}""", "key")]
    [InlineData("""{"name":"x","key":17}""", "key")]
    [InlineData("""{"name":"x","key":"sk-0123456789abcdef","key_sha256":"00"}""", "")]
    [InlineData("""{"name":"x","key_sha256":"00"}""", "key_sha256")]
    [InlineData("""{"name":"x","monthly_budget_usd":0}""", "monthly_budget_usd")]
    [InlineData("""{"name":"x","key":"sk-0123456789abcdef","monthly_budget_usd":-5}""", "monthly_budget_usd")]
    [InlineData("""{"key":"sk-0123456789abcdef"}""", "name")]
    public async Task Create_BadKey_IsInvalidAndShowsNothingOfIt(string json, string path)
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync(json, CatalogEntryKind.Key);

        result.Outcome.ShouldBe(EditOutcome.Invalid);
        result.Errors.ShouldHaveSingleItem().Path.ShouldBe(path);
        result.Errors[0].ToString().ShouldNotContain("sk-0123456789abcdef");
        result.NewKey.ShouldBeNull();
        rig.Served.Current.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task Create_KeyOfAnotherCaller_IsInvalidAndNamesThatOne()
    {
        await using var rig = await EditorRig.StartAsync();
        await rig.CreateAsync($$"""{"name":"anna","key":"{{Own}}"}""", CatalogEntryKind.Key);

        var result = await rig.CreateAsync($$"""{"name":"bert","key":"{{Own}}"}""", CatalogEntryKind.Key);

        result.Errors.ShouldHaveSingleItem().Rule.ShouldContain("keys[\"anna\"]");
    }

    [Fact]
    public async Task Delete_LastKey_Works()
    {
        await using var rig = await EditorRig.StartAsync();
        await rig.CreateAsync("""{"name":"anna"}""", CatalogEntryKind.Key);

        (await rig.DeleteAsync("anna", kind: CatalogEntryKind.Key)).Outcome.ShouldBe(EditOutcome.Deleted);

        rig.Served.Current.Keys.ShouldBeEmpty();
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
