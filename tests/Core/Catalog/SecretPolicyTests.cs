using Ensemble.Catalog.Secrets;
using Ensemble.Testing;

namespace Ensemble.Catalog.Tests;

/// <summary>What a stored catalog may refer to, when it is written and when it is resolved.</summary>
public sealed class SecretPolicyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("secrets-");
    private readonly ManualTimeProvider _clock = new();
    private readonly SecretResolver _resolver;

    public SecretPolicyTests()
    {
        Directory.CreateDirectory(Secrets);
        _resolver = new SecretResolver(_clock, name => $"value of {name}", new SecretPolicy(Secrets));
    }

    private string Secrets => Path.Combine(_folder.FullName, "secrets");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("ENSEMBLE_SECRET_A", true)]
    [InlineData("PATH", false)]
    [InlineData("ENSEMBLE_SECRET_", false)]
    [InlineData("ensemble_secret_a", false)]
    [InlineData("XENSEMBLE_SECRET_A", false)]
    public void TryResolve_Variable_OnlyThoseMadeForIt(string name, bool allowed) =>
        Resolves(new SecretReference(SecretSource.Environment, name)).ShouldBe(allowed);

    [Fact]
    public void TryResolve_ReferenceOfAFile_IsFree()
    {
        _resolver.TryResolve(new SecretReference(SecretSource.Environment, "PATH"), out var secret).ShouldBeTrue();
        secret.ShouldBe("value of PATH");
    }

    [Fact]
    public void TryResolve_FileInTheFolder_IsRead()
    {
        File.WriteAllText(Path.Combine(Secrets, "key"), "s3cret\n");
        Directory.CreateDirectory(Path.Combine(Secrets, "more"));
        File.WriteAllText(Path.Combine(Secrets, "more", "key"), "s3cret\n");

        Resolves(InFolder("key")).ShouldBeTrue();
        Resolves(InFolder("more/key")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("{secrets}/../outside")]
    [InlineData("{secrets}/./key")]
    [InlineData("{secrets}/more/../key")]
    [InlineData("{secrets}")]
    [InlineData("{secrets}/")]
    [InlineData("{secrets}-of-others/key")]
    public void TryResolve_PathOutsideOrRoundabout_IsRefused(string path)
    {
        File.WriteAllText(Path.Combine(Secrets, "key"), "s3cret");
        File.WriteAllText(Path.Combine(_folder.FullName, "outside"), "s3cret");
        Directory.CreateDirectory(Secrets + "-of-others");
        File.WriteAllText(Path.Combine(Secrets + "-of-others", "key"), "s3cret");

        Resolves(new SecretReference(SecretSource.File, path.Replace("{secrets}", Secrets, StringComparison.Ordinal))).ShouldBeFalse();
    }

    [Fact]
    public void TryResolve_LinkOutOfTheFolder_IsRefused()
    {
        var outside = Path.Combine(_folder.FullName, "outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "key"), "s3cret");
        File.CreateSymbolicLink(Path.Combine(Secrets, "file"), Path.Combine(outside, "key"));
        Directory.CreateSymbolicLink(Path.Combine(Secrets, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(Secrets, "relative"), "../outside/key");

        Resolves(InFolder("file")).ShouldBeFalse();
        Resolves(InFolder("folder/key")).ShouldBeFalse();
        Resolves(InFolder("relative")).ShouldBeFalse();
    }

    [Fact]
    public void TryResolve_LinkInACircle_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(Secrets, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(Secrets, "b"), "a");

        Resolves(InFolder("a")).ShouldBeFalse();
    }

    [Fact]
    public void TryResolve_MountedSecret_IsReadAlsoAfterItsFolderWasSwapped()
    {
        // As Kubernetes mounts it: key → ..data/key, and ..data → a folder that is replaced as a whole.
        Version("..2026_1", "first");
        Version("..2026_2", "second");
        var data = Path.Combine(Secrets, "..data");
        Directory.CreateSymbolicLink(data, "..2026_1");
        File.CreateSymbolicLink(Path.Combine(Secrets, "key"), Path.Combine("..data", "key"));

        _resolver.TryResolve(InFolder("key"), out var before).ShouldBeTrue();
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "..2026_2");
        _clock.Advance(SecretResolver.FileLifetime);
        _resolver.TryResolve(InFolder("key"), out var after).ShouldBeTrue();

        before.ShouldBe("first");
        after.ShouldBe("second");
    }

    [Fact]
    public void TryResolve_FolderThatIsALink_IsFollowed()
    {
        File.WriteAllText(Path.Combine(Secrets, "key"), "s3cret");
        var link = Path.Combine(_folder.FullName, "link");
        Directory.CreateSymbolicLink(link, Secrets);
        var resolver = new SecretResolver(_clock, null, new SecretPolicy(link));

        resolver.TryResolve(Confined(new SecretReference(SecretSource.File, Path.Combine(link, "key"))), out _).ShouldBeTrue();
    }

    [Fact]
    public void TryResolve_FileThatBecomesALinkOutside_IsRefusedOnceItIsReadAgain()
    {
        var path = Path.Combine(Secrets, "key");
        File.WriteAllText(path, "s3cret");
        Resolves(InFolder("key")).ShouldBeTrue();
        File.Delete(path);
        File.CreateSymbolicLink(path, "/etc/passwd");

        _clock.Advance(SecretResolver.FileLifetime);

        Resolves(InFolder("key")).ShouldBeFalse();
    }

    [Fact]
    public void TryResolve_NoFolder_RefusesEveryFile()
    {
        File.WriteAllText(Path.Combine(Secrets, "key"), "s3cret");

        new SecretResolver(_clock).TryResolve(Confined(InFolder("key")), out _, out var problem).ShouldBeFalse();

        problem.ShouldNotBeNull().ShouldContain("no Security:SecretDirectory is set");
    }

    private SecretReference InFolder(string path) => new(SecretSource.File, Path.Combine(Secrets, path));

    private bool Resolves(SecretReference reference) => _resolver.TryResolve(Confined(reference), out _);

    private static SecretReference Confined(SecretReference reference) => reference with { IsConfined = true };

    private void Version(string folder, string secret)
    {
        Directory.CreateDirectory(Path.Combine(Secrets, folder));
        File.WriteAllText(Path.Combine(Secrets, folder, "key"), secret);
    }
}
