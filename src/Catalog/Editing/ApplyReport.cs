using System.Globalization;
using System.Text;

namespace Ensemble.Catalog.Editing;

/// <summary>Writes for a terminal what a file changed in a store, or would change: a line an entry, then their counts.</summary>
public static class ApplyReport
{
    /// <param name="dryRun">Whether nothing was to be written.</param>
    public static string Format(ApplyResult result, bool dryRun)
    {
        if (result.Errors.Count > 0)
        {
            return CatalogReport.Format(result.Errors, result.Warnings);
        }

        var report = new StringBuilder(CatalogReport.Lines(result.Warnings));
        Append(report, "added", result.Added);
        Append(report, "changed", result.Changed);
        Append(report, "removed", result.Removed);
        report.Append(CultureInfo.InvariantCulture, $"{result.Added.Count} added, {result.Changed.Count} changed, ");
        report.Append(CultureInfo.InvariantCulture, $"{result.Removed.Count} removed, {result.Unchanged} unchanged; ");
        return report.Append(
            result.IsWritten ? $"the catalog is now revision {result.Revision}"
            : dryRun ? $"nothing is written (--dry-run), the catalog stays revision {result.Revision}"
            : $"the catalog stays revision {result.Revision}").ToString();
    }

    private static void Append(StringBuilder report, string word, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            report.Append(word).Append(": ").Append(name).Append('\n');
        }
    }
}
