using Ensemble.Dashboard.Tests.Support;

namespace Ensemble.Dashboard.Tests;

/// <summary>Runs without a browser: a machine that has none skips the others of this project, and has run this one.</summary>
public sealed class ChromiumPlaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-");

    [Fact]
    public void Find_NamedByTheEnvironment_IsThatFile() => ChromiumPlace.Find("/opt/browser", _folder.FullName).ShouldBe("/opt/browser");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Find_OnThePath_IsTheFirst(string? named)
    {
        var file = Path.Combine(_folder.FullName, "chromium");
        File.WriteAllText(file, "");

        ChromiumPlace.Find(named, string.Join(Path.PathSeparator, "/nowhere", _folder.FullName)).ShouldBe(file);
    }

    [Fact]
    public void Find_NoBrowser_IsNull() => ChromiumPlace.Find(null, _folder.FullName).ShouldBeNull();

    public void Dispose() => _folder.Delete(recursive: true);
}
