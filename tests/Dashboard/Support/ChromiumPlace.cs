namespace Ensemble.Dashboard.Tests.Support;

/// <summary>Finds the browser of this machine.</summary>
internal static class ChromiumPlace
{
    public const string Missing = "There is no Chromium on this machine: install it (Debian: apt-get install chromium), or let CHROMIUM name its file.";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <param name="named">The file that the environment names; it is taken as it is.</param>
    /// <param name="path">The folders of PATH.</param>
    /// <returns>The file of the browser; null where there is none.</returns>
    public static string? Find(string? named, string? path) => !string.IsNullOrEmpty(named) ? named
        : (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
