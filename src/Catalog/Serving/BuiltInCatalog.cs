using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Serving;

/// <summary>
/// A simulated panel for a first run without keys and network: the ensembles <c>council</c> and <c>self-council</c>, their members
/// <c>sim-swift</c>, <c>sim-steady</c> and <c>sim-scholar</c>, and <c>sim-judge</c>. It has no callers' keys.
/// </summary>
public static class BuiltInCatalog
{
    private const string Resource = "Ensemble.Catalog.builtin.json";

    public static StaticCatalog Open()
    {
        var result = CatalogReader.Read(ReadJson(), revision: 1);
        return new StaticCatalog(result.Snapshot ?? throw new CatalogException(Resource, result.Errors, result.Warnings));
    }

    /// <returns>The file as it is, to begin one's own from.</returns>
    public static ReadOnlyMemory<byte> ReadJson()
    {
        using var stream = typeof(BuiltInCatalog).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly has no resource {Resource}.");
        var json = new byte[stream.Length];
        stream.ReadExactly(json);
        return json;
    }
}
