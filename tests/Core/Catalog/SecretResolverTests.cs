using Ensemble.Catalog.Secrets;
using Ensemble.Testing;

namespace Ensemble.Catalog.Tests;

public sealed class SecretResolverTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("secrets-");
    private readonly ManualTimeProvider _clock = new();

    private string SecretFile => Path.Combine(_folder.FullName, "key");

    private SecretReference FileReference => new(SecretSource.File, SecretFile);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Resolve_Variable_IsReadAtEachCall()
    {
        var value = "one";
        var resolver = new SecretResolver(_clock, name => name == "KEY" ? value : null);
        var reference = new SecretReference(SecretSource.Environment, "KEY");

        resolver.Resolve(reference).ShouldBe("one");
        value = "two\n";
        resolver.Resolve(reference).ShouldBe("two");
    }

    [Fact]
    public void Resolve_RotatedFile_IsSeenWhenTheCachedContentHasAged()
    {
        var resolver = new SecretResolver(_clock);
        File.WriteAllText(SecretFile, "one \r\n");
        resolver.Resolve(FileReference).ShouldBe("one");

        File.WriteAllText(SecretFile, "two");
        _clock.Advance(SecretResolver.FileLifetime - TimeSpan.FromTicks(1));
        resolver.Resolve(FileReference).ShouldBe("one");
        _clock.Advance(TimeSpan.FromTicks(1));
        resolver.Resolve(FileReference).ShouldBe("two");
    }

    [Fact]
    public void Resolve_FileThatIsLate_IsFoundAtOnceWhenItCame()
    {
        var resolver = new SecretResolver(_clock);
        resolver.TryResolve(FileReference, out _, out var problem).ShouldBeFalse();
        problem.ShouldBe($"file:{SecretFile} does not exist");

        File.WriteAllText(SecretFile, "\uFEFFsecret");

        resolver.Resolve(FileReference).ShouldBe("secret");
    }

    [Theory]
    [InlineData(null, "env:KEY is not set")]
    [InlineData("", "env:KEY is empty")]
    [InlineData(" \n", "env:KEY is empty")]
    [InlineData("very\nsecret", "env:KEY holds a line break or another control character")]
    public void Resolve_UnusableVariable_ThrowsNamingTheReferenceOnly(string? value, string message)
    {
        var reference = new SecretReference(SecretSource.Environment, "KEY");

        var exception = Should.Throw<SecretUnavailableException>(() => new SecretResolver(_clock, _ => value).Resolve(reference));

        exception.Message.ShouldBe(message);
        exception.Reference.ShouldBe(reference);
    }

    [Fact]
    public void TryResolve_FileAtTheLimit_IsTakenAndOneByteMoreIsNot()
    {
        File.WriteAllText(SecretFile, new string('x', SecretResolver.MaxBytes));
        new SecretResolver(_clock).Resolve(FileReference).Length.ShouldBe(SecretResolver.MaxBytes);

        File.AppendAllText(SecretFile, "x");
        new SecretResolver(_clock).TryResolve(FileReference, out var secret, out var problem).ShouldBeFalse();

        secret.ShouldBeNull();
        problem.ShouldBe($"file:{SecretFile} is larger than 64 KiB");
    }

    [Fact]
    public void TryResolve_FileThatIsNoText_IsRefused()
    {
        File.WriteAllBytes(SecretFile, [0xFF, 0xFE, 0xC0]);

        new SecretResolver(_clock).TryResolve(FileReference, out _, out var problem).ShouldBeFalse();

        problem.ShouldBe($"file:{SecretFile} is not UTF-8 text");
    }

    [Fact]
    public void TryResolve_Folder_CannotBeRead()
    {
        var reference = new SecretReference(SecretSource.File, _folder.FullName);

        new SecretResolver(_clock).TryResolve(reference, out _, out var problem).ShouldBeFalse();

        problem.ShouldBe($"file:{_folder.FullName} cannot be read");
    }
}
