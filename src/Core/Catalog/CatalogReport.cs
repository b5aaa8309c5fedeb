using System.Text;

namespace Ensemble.Catalog;

/// <summary>Writes the issues of a catalog for a terminal: a line each, errors first, then their count.</summary>
public static class CatalogReport
{
    public static string Format(IReadOnlyList<CatalogIssue> errors, IReadOnlyList<CatalogIssue> warnings)
    {
        var report = new StringBuilder();
        foreach (var error in errors)
        {
            report.Append("error: ").Append(error).Append('\n');
        }

        report.Append(Lines(warnings));
        return report.Append(Count(errors.Count, "error")).Append(", ").Append(Count(warnings.Count, "warning")).ToString();
    }

    public static string Format(CatalogReadResult result) => Format(result.Errors, result.Warnings);

    /// <returns>A line for each warning.</returns>
    internal static string Lines(IReadOnlyList<CatalogIssue> warnings) =>
        string.Concat(warnings.Select(static warning => $"warning: {warning}\n"));

    private static string Count(int count, string noun) => count switch
    {
        0 => $"no {noun}s",
        1 => $"1 {noun}",
        _ => $"{count} {noun}s",
    };
}
