namespace Ensemble.Catalog;

/// <summary>Something wrong, or doubtful, in a catalog.</summary>
/// <param name="Path">Where, as <c>models[2].ensemble.panel[0].model</c>; empty = the whole document.</param>
/// <param name="Rule">What does not hold.</param>
/// <param name="Value">What was found, as JSON, cut to a readable length; null where nothing was there. Never a secret.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record CatalogIssue(string Path, string Rule, string? Value, string Fix)
{
    public override string ToString()
    {
        var path = Path.Length == 0 ? "catalog" : Path;
        return Value is null ? $"{path}: {Rule}. {Fix}" : $"{path}: {Rule} (found {Value}). {Fix}";
    }
}
