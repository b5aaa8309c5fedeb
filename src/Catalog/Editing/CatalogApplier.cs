using System.Text.Json;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Editing;

/// <summary>
/// Makes a store hold what a catalog file says, in one write: entries that the file does not have are removed. A list that is not in the
/// file, as <c>keys</c>, is left alone. The same file again changes nothing.
/// </summary>
/// <param name="policy">Which secrets models may refer to, as in every stored catalog.</param>
public sealed class CatalogApplier(ICatalogStore store, SecretPolicy policy)
{
    /// <summary>Attempts against others who write at the same time.</summary>
    private const int MaxAttempts = 16;

    // The reader has refused every secret in clear by then.
    private readonly ModelSecrets _secrets = new(policy, sealer: null);

    /// <param name="file">A catalog file.</param>
    /// <param name="dryRun">Everything but the write.</param>
    /// <exception cref="CatalogException">Others write all the time.</exception>
    public async Task<ApplyResult> ApplyAsync(ReadOnlyMemory<byte> file, bool dryRun, CancellationToken cancellationToken)
    {
        var read = CatalogReader.Read(file, revision: 0);
        if (read.Snapshot is null)
        {
            return new ApplyResult { Errors = read.Errors, Warnings = read.Warnings };
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var document = await store.ReadAsync(cancellationToken);
            var (result, changes) = Plan(file, document);
            result = result with { Revision = document.Revision };
            if (result.Errors.Count > 0 || changes.Count == 0 || dryRun)
            {
                return result;
            }

            if (await store.WriteAsync(changes, document.Revision, cancellationToken) is { } revision)
            {
                return result with { Revision = revision, IsWritten = true };
            }
        }

        throw new CatalogException("Too many others write to the catalog at the same time. Apply the file again.");
    }

    private (ApplyResult Result, IReadOnlyList<CatalogChange> Changes) Plan(ReadOnlyMemory<byte> file, CatalogDocument document)
    {
        var issues = new List<CatalogIssue>();
        var stored = document.Entries.ToDictionary(static entry => (entry.Kind, entry.Name));
        var wanted = Wanted(file, stored, issues);
        if (issues.Count > 0)
        {
            return (new ApplyResult { Errors = issues }, []);
        }

        HashSet<CatalogEntryKind> lists = [.. Lists(file)];
        var names = wanted.Select(static entry => (entry.Kind, entry.Name)).ToHashSet();
        var written = wanted
            .Where(entry => !stored.TryGetValue((entry.Kind, entry.Name), out var before) || !IsSame(before.Json, entry.Json))
            .ToList();
        var removed = document.Entries.Where(entry => lists.Contains(entry.Kind) && !names.Contains((entry.Kind, entry.Name))).ToList();
        CatalogChange[] changes =
        [
            .. written.Select(static entry => new CatalogChange(entry.Kind, entry.Name, entry.Json)),
            .. removed.Select(static entry => new CatalogChange(entry.Kind, entry.Name, null)),
        ];

        // A key that the file leaves alone may name a model that it removes.
        var kept = document.Entries.Where(entry => !lists.Contains(entry.Kind));
        var check = StoredCatalog.Read(new CatalogDocument(document.Revision + 1, [.. wanted, .. kept]), secrets: null);
        var result = new ApplyResult
        {
            Errors = check.Errors,
            Warnings = check.Warnings,
            Added = Paths(written.Where(entry => !stored.ContainsKey((entry.Kind, entry.Name)))),
            Changed = Paths(written.Where(entry => stored.ContainsKey((entry.Kind, entry.Name)))),
            Removed = Paths(removed),
            Unchanged = document.Entries.Count - removed.Count - written.Count(entry => stored.ContainsKey((entry.Kind, entry.Name))),
        };
        return (result, changes);
    }

    /// <returns>The file's entries as they are stored. What is wrong with their secrets is told by places in the file.</returns>
    private List<CatalogEntry> Wanted(
        ReadOnlyMemory<byte> file, Dictionary<(CatalogEntryKind Kind, string Name), CatalogEntry> stored, List<CatalogIssue> issues)
    {
        var wanted = new List<CatalogEntry>();
        foreach (var (list, place, entry) in CatalogEntries.InOrder(file))
        {
            var before = stored.GetValueOrDefault((entry.Kind, entry.Name));
            var own = new List<CatalogIssue>();
            var json = entry.Kind == CatalogEntryKind.Model
                ? _secrets.Take(entry.Json.ToArray(), before, own)
                : CallerKeys.Take(entry.Json.ToArray(), before, own).Entry;
            issues.AddRange(own.Select(issue => issue with { Path = $"{list}[{place}].{issue.Path}" }));
            if (json is not null)
            {
                wanted.Add(entry with { Json = json });
            }
        }

        return wanted;
    }

    private static IEnumerable<CatalogEntryKind> Lists(ReadOnlyMemory<byte> file)
    {
        using var document = CatalogJson.Parse(file).Document!;
        yield return CatalogEntryKind.Model;
        if (document.RootElement.TryMember("keys", out var keys) && keys.ValueKind == JsonValueKind.Array)
        {
            yield return CatalogEntryKind.Key;
        }
    }

    // Editors and files write fields in orders of their own.
    private static bool IsSame(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        using var stored = CatalogJson.Parse(before).Document;
        using var wanted = CatalogJson.Parse(after).Document;
        return stored is not null && wanted is not null && stored.RootElement.SameAs(wanted.RootElement);
    }

    private static List<string> Paths(IEnumerable<CatalogEntry> entries) =>
        [.. entries.Select(static entry => StoredCatalog.PathOf(entry.Kind, entry.Name)).Order(StringComparer.Ordinal)];
}
