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

/// <summary>What came of reading a catalog.</summary>
public sealed record CatalogReadResult
{
    /// <summary>Null where there is any error.</summary>
    public required CatalogSnapshot? Snapshot { get; init; }

    /// <summary>All that was found, at most 500 and a note that there are more.</summary>
    public required IReadOnlyList<CatalogIssue> Errors { get; init; }

    /// <summary>What is accepted, but doubtful or without effect.</summary>
    public required IReadOnlyList<CatalogIssue> Warnings { get; init; }

    /// <summary>The secrets that callers' keys were hashed from: where one changes, so does the catalog.</summary>
    internal IReadOnlyList<SecretReference> KeyReferences { get; init; } = [];
}
