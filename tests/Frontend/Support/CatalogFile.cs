namespace Ensemble.Frontend.Tests.Support;

/// <summary>A catalog file in a folder of its own.</summary>
internal sealed class CatalogFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-catalog-");

    public CatalogFile(string json)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "catalog.json");
        Write(json);
    }

    public string Path { get; }

    /// <summary>One model of that upstream under an alias of its choice.</summary>
    public static string Of(Uri upstream, string alias, string model) =>
        $$"""
        {"models":[{"display_name":"{{alias}}","provider":"openai","base_url":"{{upstream}}","model":"{{model}}","retries":0}]}
        """;

    public void Write(string json) => File.WriteAllText(Path, json);

    public void Dispose() => _folder.Delete(recursive: true);
}
