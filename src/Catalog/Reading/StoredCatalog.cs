using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Reading;

/// <summary>
/// Reads the entries of a store as one catalog, and says what is wrong by the names of entries, since a store has no order.
/// </summary>
internal static partial class StoredCatalog
{
    public static CatalogReadResult Read(CatalogDocument document, SecretResolver? secrets)
    {
        var (json, broken) = CatalogEntries.Join(document.Entries);
        var result = CatalogReader.Read(json, document.Revision, secrets, CatalogOrigin.Store);
        var names = new Names(document.Entries);
        var errors = broken
            .Select(place => new CatalogIssue(
                PathOf(place.Kind, names.At(place.Kind, place.Index)), "is not valid JSON", null, "Write it again, or delete it."))
            .ToList();
        var unreadable = errors.Select(error => error.Path).ToHashSet();
        errors.AddRange(result.Errors.Select(names.Name).Where(error => !unreadable.Contains(error.Path)));
        errors.AddRange(FindMisnamed(document.Entries, result.Snapshot));
        return result with
        {
            Snapshot = errors.Count == 0 ? result.Snapshot : null,
            Errors = errors,
            Warnings = [.. result.Warnings.Select(names.Name)],
        };
    }

    /// <returns>As <c>models["council"]</c>.</returns>
    public static string PathOf(CatalogEntryKind kind, string name) =>
        $"{(kind == CatalogEntryKind.Model ? "models" : "keys")}[\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"]";

    /// <summary>An address of the admin API is the stored name: it must be the name that is served.</summary>
    private static IEnumerable<CatalogIssue> FindMisnamed(IReadOnlyList<CatalogEntry> entries, CatalogSnapshot? snapshot)
    {
        if (snapshot is null)
        {
            yield break;
        }

        var keys = snapshot.Keys.Select(key => key.Name).ToHashSet();
        foreach (var (kind, name, _, _) in entries)
        {
            if (kind == CatalogEntryKind.Model
                ? !snapshot.Models.ContainsKey(name) && !snapshot.Ensembles.ContainsKey(name)
                : !keys.Contains(name))
            {
                var field = CatalogEntries.NameField(kind);
                yield return new CatalogIssue(
                    $"{PathOf(kind, name)}.{field}", "is not the name under which the entry is stored", null,
                    "Write it again under its name.");
            }
        }
    }

    [GeneratedRegex(@"\b(?<list>models|keys)\[(?<index>[0-9]{1,5})\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Place();

    /// <summary>Finds an entry's name by its place in the catalog that was joined.</summary>
    private sealed class Names(IReadOnlyList<CatalogEntry> entries)
    {
        private readonly List<string> _models =
            [.. entries.Where(entry => entry.Kind == CatalogEntryKind.Model).Select(entry => entry.Name)];
        private readonly List<string> _keys = [.. entries.Where(entry => entry.Kind == CatalogEntryKind.Key).Select(entry => entry.Name)];

        public string At(CatalogEntryKind kind, int index) => (kind == CatalogEntryKind.Model ? _models : _keys)[index];

        public CatalogIssue Name(CatalogIssue issue) => issue with { Path = Name(issue.Path), Rule = Name(issue.Rule) };

        private string Name(string text) => Place().Replace(text, match =>
        {
            var kind = match.Groups["list"].ValueSpan is "models" ? CatalogEntryKind.Model : CatalogEntryKind.Key;
            var index = int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
            return index < (kind == CatalogEntryKind.Model ? _models : _keys).Count ? PathOf(kind, At(kind, index)) : match.Value;
        });
    }
}
