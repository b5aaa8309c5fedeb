using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Editing;

/// <summary>A stored catalog with one entry changed, and what that change does to it.</summary>
internal sealed class EditedCatalog
{
    private readonly CatalogReadResult _result;

    private EditedCatalog(
        CatalogDocument document,
        CatalogReadResult result,
        IReadOnlyList<CatalogIssue> own,
        IReadOnlyList<CatalogIssue> elsewhere,
        IReadOnlyList<CatalogIssue> warnings)
    {
        Document = document;
        _result = result;
        EntryErrors = own;
        OtherErrors = elsewhere;
        Warnings = warnings;
    }

    public CatalogDocument Document { get; }

    public CatalogSnapshot? Snapshot => _result.Snapshot;

    /// <summary>Errors of the entry, by paths within it.</summary>
    public IReadOnlyList<CatalogIssue> EntryErrors { get; }

    /// <summary>
    /// Errors of other entries that were not there before: one that is broken already must not keep the rest from being corrected.
    /// </summary>
    public IReadOnlyList<CatalogIssue> OtherErrors { get; }

    public IReadOnlyList<CatalogIssue> Warnings { get; }

    /// <param name="json">Null = the entry is removed.</param>
    public static EditedCatalog Read(
        CatalogDocument document, CatalogEntryKind kind, string name, ReadOnlyMemory<byte>? json, SecretResolver secrets)
    {
        var path = StoredCatalog.PathOf(kind, name);
        var changed = Change(document, kind, name, json);
        var result = StoredCatalog.Read(changed, secrets);
        var elsewhere = result.Errors.Where(error => Within(path, error) is null).ToList();
        if (elsewhere.Count > 0)
        {
            var before = StoredCatalog.Read(document, secrets).Errors.ToHashSet();
            elsewhere.RemoveAll(before.Contains);
        }

        return new EditedCatalog(changed, result, Of(path, result.Errors), elsewhere, Of(path, result.Warnings));
    }

    private static CatalogDocument Change(CatalogDocument document, CatalogEntryKind kind, string name, ReadOnlyMemory<byte>? json)
    {
        var next = document.Revision + 1;
        var entries = document.Entries.Where(entry => entry.Kind != kind || entry.Name != name).ToList();
        if (json is { } written)
        {
            entries.Add(new CatalogEntry(kind, name, written, next));
        }

        return new CatalogDocument(next, entries);
    }

    private static List<CatalogIssue> Of(string path, IEnumerable<CatalogIssue> issues) =>
        [.. issues.Select(issue => Within(path, issue)).OfType<CatalogIssue>()];

    private static CatalogIssue? Within(string path, CatalogIssue issue) =>
        issue.Path.StartsWith(path, StringComparison.Ordinal) ? issue with { Path = issue.Path[path.Length..].TrimStart('.') } : null;
}
