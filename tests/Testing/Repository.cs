namespace Ensemble.Testing;

/// <summary>The files of this product, as they lie in its working copy.</summary>
public static class Repository
{
    private const string Solution = "Ensemble.Orleans.sln";

    public static string Top { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Top, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has {Solution}.");
    }
}
