namespace Ensemble.Catalog.Tests;

public sealed class PathStyleTests
{
    private static readonly PathStyle Windows = new(isWindows: true);
    private static readonly PathStyle Unix = new(isWindows: false);

    [Theory]
    [InlineData(@"C:\secrets\x", true)]
    [InlineData("c:/secrets/x", true)]
    [InlineData(@"D:\x.y", true)]
    [InlineData(@"C:\secrets\..\x", true)]
    [InlineData(@"C:\secrets\compass.txt", true)]
    [InlineData(@"C:\secrets\com10", true)]
    [InlineData("C:x", false)]
    [InlineData(@"C:\", false)]
    [InlineData(@"\secrets\x", false)]
    [InlineData("/secrets/x", false)]
    [InlineData(@"\\server\share\x", false)]
    [InlineData("//server/share/x", false)]
    [InlineData(@"\\?\C:\x", false)]
    [InlineData(@"\\.\pipe\x", false)]
    [InlineData(@"C:\secrets\x:stream", false)]
    [InlineData(@"C:\secrets\NUL", false)]
    [InlineData(@"C:\secrets\nul.txt", false)]
    [InlineData(@"C:\secrets\com1", false)]
    [InlineData(@"C:\secrets\x.", false)]
    [InlineData(@"C:\secrets\x ", false)]
    [InlineData(@"C:\secrets\*", false)]
    [InlineData("C:\\secrets\0x", false)]
    [InlineData("secrets", false)]
    [InlineData("", false)]
    public void IsUsable_OnWindows_IsAPathFromADriveOn(string path, bool isUsable) => Windows.IsUsable(path).ShouldBe(isUsable);

    [Theory]
    [InlineData("/run/secrets/x", true)]
    [InlineData(@"/a\b:c*", true)]
    [InlineData(@"C:\secrets\x", false)]
    [InlineData("secrets/x", false)]
    [InlineData("/a\nb", false)]
    [InlineData("", false)]
    public void IsUsable_Elsewhere_IsAPathFromTheRootOn(string path, bool isUsable) => Unix.IsUsable(path).ShouldBe(isUsable);

    [Theory]
    [InlineData(@"C:\secrets", @"C:\secrets\x", true)]
    [InlineData(@"C:\secrets\", "c:/SECRETS/more/x", true)]
    [InlineData(@"C:\", @"C:\x", true)]
    [InlineData(@"C:\secrets", @"C:\secrets", false)]
    [InlineData(@"C:\secrets", @"C:\secretsx", false)]
    [InlineData(@"C:\secrets", @"D:\secrets\x", false)]
    [InlineData(@"C:\secrets", @"C:\secrets\..\x", false)]
    [InlineData(@"C:\secrets", "C:/secrets/more/../x", false)]
    public void IsBelow_OnWindows_IgnoresCaseAndKindOfSlash(string folder, string path, bool isBelow) => Windows.IsBelow(folder, path).ShouldBe(isBelow);

    [Theory]
    [InlineData("/run/secrets", "/run/secrets/x", true)]
    [InlineData("/", "/x", true)]
    [InlineData("/run/secrets", "/run/Secrets/x", false)]
    [InlineData("/run/secrets", "/run/secretsx", false)]
    [InlineData("/run/secrets", "/run/secrets/../x", false)]
    public void IsBelow_Elsewhere_TellsCaseApart(string folder, string path, bool isBelow) => Unix.IsBelow(folder, path).ShouldBe(isBelow);
}
