using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Editing;

/// <summary>What became of an edit, and what a caller may be told about it.</summary>
public sealed class EditResult
{
    public required EditOutcome Outcome { get; init; }

    /// <summary>The entry as it is now, or would be; null where there is none.</summary>
    public CatalogEntryView? Entry { get; init; }

    /// <summary>All that is wrong. Paths are relative to the entry; those of other entries begin with <c>models["name"]</c>.</summary>
    public IReadOnlyList<CatalogIssue> Errors { get; init; } = [];

    /// <summary>Warnings about the entry.</summary>
    public IReadOnlyList<CatalogIssue> Warnings { get; init; } = [];

    /// <summary>Every ensemble that names the model.</summary>
    public IReadOnlyList<string> UsedBy { get; init; } = [];

    /// <summary>A caller's key that was made here, in clear: it is kept nowhere.</summary>
    public string? NewKey { get; init; }

    /// <summary>The catalog with the edit in it, whether or not it was written; null where it is not valid.</summary>
    public CatalogSnapshot? Snapshot { get; init; }

    /// <summary>The entries behind <see cref="Snapshot"/>.</summary>
    internal CatalogDocument? Document { get; init; }

    /// <summary>Why the store is unavailable, or what is served instead of it.</summary>
    public string? Reason { get; init; }

    /// <summary>The direct models that the entry is, or asks, as a catalog of their own.</summary>
    /// <returns>Null where the catalog is not valid.</returns>
    public ReadOnlyMemory<byte>? ModelsAsked()
    {
        if (Entry is not { } entry || Snapshot is null || Document is null)
        {
            return null;
        }

        HashSet<string> names = Snapshot.Ensembles.TryGetValue(entry.Name, out var ensemble) ? [.. ensemble.Models] : [entry.Name];
        return CatalogEntries.Join([.. Document.Entries.Where(one => one.Kind == CatalogEntryKind.Model && names.Contains(one.Name))]).Json;
    }

    internal static EditResult Of(EditOutcome outcome) => new() { Outcome = outcome };

    internal static EditResult Invalid(IReadOnlyList<CatalogIssue> errors) => new() { Outcome = EditOutcome.Invalid, Errors = errors };
}
