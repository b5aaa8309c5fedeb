using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;

namespace Ensemble.Catalog.Editing;

/// <summary>
/// Edits a stored catalog entry by entry. The whole catalog is read again with each edit in it, and is written only where it holds;
/// where somebody else wrote in the meantime, all of that is done again.
/// </summary>
public sealed class CatalogEditor : IDisposable
{
    /// <summary>Attempts against others who write at the same time.</summary>
    private const int MaxAttempts = 16;

    private readonly ICatalogStore? _store;
    private readonly StoreCatalog? _served;
    private readonly SecretResolver _secrets;
    private readonly ModelSecrets _modelSecrets;
    private readonly Func<CatalogDocument>? _read;
    private readonly string? _source;

    // Edits of one process wait for each other instead of racing.
    private readonly SemaphoreSlim _editing = new(1, 1);

    /// <param name="served">Is brought up to date after each write, so that the writer sees it at once.</param>
    /// <param name="sealer">Null = no secret is taken in clear.</param>
    public CatalogEditor(ICatalogStore store, StoreCatalog served, SecretResolver secrets, SecretPolicy policy, SecretSealer? sealer)
    {
        _store = store;
        _served = served;
        _secrets = secrets;
        _modelSecrets = new ModelSecrets(policy, sealer);
    }

    private CatalogEditor(string source, Func<CatalogDocument> read, SecretResolver secrets)
    {
        _source = source;
        _read = read;
        _secrets = secrets;
        _modelSecrets = new ModelSecrets(new SecretPolicy(null), null);
    }

    /// <summary>What the catalog comes from where it cannot be edited here; null where it can.</summary>
    public string? ReadOnlySource => _source;

    /// <summary>Reads entries, and refuses every edit.</summary>
    public static CatalogEditor ReadOnly(string source, Func<CatalogDocument> read, SecretResolver secrets) => new(source, read, secrets);

    /// <param name="after">Entries with greater names (ordinal) are given; null = from the first.</param>
    /// <exception cref="CatalogException">The store is out of reach.</exception>
    public async Task<EntryPage> ListAsync(CatalogEntryKind kind, string? after, int limit, CancellationToken cancellationToken)
    {
        var document = await ReadAsync(cancellationToken);
        var rest = document.Entries
            .Where(entry => entry.Kind == kind && (after is null || string.CompareOrdinal(entry.Name, after) > 0))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return new EntryPage(document.Revision, [.. rest.Take(limit).Select(CatalogEntryView.Of)], rest.Count > limit);
    }

    /// <exception cref="CatalogException">The store is out of reach.</exception>
    public async Task<CatalogEntryView?> FindAsync(CatalogEntryKind kind, string name, CancellationToken cancellationToken) =>
        Find(await ReadAsync(cancellationToken), kind, name) is { } entry ? CatalogEntryView.Of(entry) : null;

    /// <param name="json">The entry as a catalog file has it. A caller's key without <c>key</c> and <c>key_sha256</c> is made here.</param>
    /// <param name="dryRun">Everything but the write.</param>
    public Task<EditResult> CreateAsync(
        CatalogEntryKind kind, ReadOnlyMemory<byte> json, bool dryRun, CancellationToken cancellationToken) =>
        WriteAsync(kind, null, json, EditCondition.None, dryRun, cancellationToken);

    /// <summary>Creates the entry, or replaces it as a whole. Only secrets that are not given stay as they are.</summary>
    /// <param name="name">Must be the name that the entry gives, where it gives one.</param>
    public Task<EditResult> PutAsync(
        CatalogEntryKind kind, string name, ReadOnlyMemory<byte> json, EditCondition condition, bool dryRun,
        CancellationToken cancellationToken) =>
        WriteAsync(kind, name, json, condition, dryRun, cancellationToken);

    public Task<EditResult> DeleteAsync(
        CatalogEntryKind kind, string name, EditCondition condition, CancellationToken cancellationToken) => EditAsync(
        document =>
        {
            if (Find(document, kind, name) is not { } stored)
            {
                return (EditResult.Of(EditOutcome.NotFound), null);
            }

            if (!condition.Holds(stored))
            {
                return (Stale(stored), null);
            }

            var edited = EditedCatalog.Read(document, kind, name, null, _secrets);
            return edited.OtherErrors.Count == 0
                ? (new EditResult { Outcome = EditOutcome.Deleted, Snapshot = edited.Snapshot }, new CatalogChange(kind, name, null))
                : (new EditResult { Outcome = EditOutcome.InUse, UsedBy = Users(document, edited.OtherErrors) }, null);
        },
        cancellationToken);

    public void Dispose() => _editing.Dispose();

    private Task<EditResult> WriteAsync(
        CatalogEntryKind kind, string? address, ReadOnlyMemory<byte> json, EditCondition condition, bool dryRun,
        CancellationToken cancellationToken)
    {
        var issues = new List<CatalogIssue>();
        if (EntryBody.Read(kind, address, json, issues) is not { } body)
        {
            return Task.FromResult(_source is null ? EditResult.Invalid(issues) : ReadOnlyResult());
        }

        return EditAsync(
            document =>
            {
                var stored = Find(document, kind, body.Name);
                if (address is null && stored is not null)
                {
                    return (new EditResult { Outcome = EditOutcome.Duplicate, Entry = CatalogEntryView.Of(stored) }, null);
                }

                return condition.Holds(stored) ? Plan(document, body, stored, issues, dryRun) : (Stale(stored), null);
            },
            cancellationToken);
    }

    private (EditResult Result, CatalogChange? Change) Plan(
        CatalogDocument document, EntryBody body, CatalogEntry? stored, IReadOnlyList<CatalogIssue> known, bool dryRun)
    {
        var issues = known.ToList();
        var (json, newKey) = body.Kind == CatalogEntryKind.Model
            ? (_modelSecrets.Take(body.Json, stored, issues), null)
            : CallerKeys.Take(body.Json, stored, issues);
        if (json is null)
        {
            return (EditResult.Invalid(issues), null);
        }

        var edited = EditedCatalog.Read(document, body.Kind, body.Name, json, _secrets);
        issues.AddRange([.. edited.EntryErrors, .. edited.OtherErrors]);
        if (issues.Count > 0)
        {
            return (EditResult.Invalid(issues), null);
        }

        var result = new EditResult
        {
            Outcome = dryRun ? EditOutcome.Checked : stored is null ? EditOutcome.Created : EditOutcome.Replaced,
            Entry = CatalogEntryView.Of(
                new CatalogEntry(body.Kind, body.Name, json, dryRun ? stored?.Version ?? 0 : document.Revision + 1)),
            Warnings = edited.Warnings,
            NewKey = dryRun ? null : newKey,
            Snapshot = edited.Snapshot,
            Document = edited.Document,
        };
        return (result, dryRun ? null : new CatalogChange(body.Kind, body.Name, json));
    }

    private async Task<EditResult> EditAsync(
        Func<CatalogDocument, (EditResult Result, CatalogChange? Change)> plan, CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            return ReadOnlyResult();
        }

        await _editing.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var document = await ReadAsync(cancellationToken);
                var (result, change) = plan(document);
                if (change is null)
                {
                    return result;
                }

                if (await WriteAsync(change, document.Revision, cancellationToken))
                {
                    return result;
                }
            }

            return new EditResult { Outcome = EditOutcome.Unavailable, Reason = "Too many others write to the catalog at the same time." };
        }
        catch (CatalogException exception)
        {
            return new EditResult { Outcome = EditOutcome.Unavailable, Reason = exception.Message };
        }
        finally
        {
            _editing.Release();
        }
    }

    private async Task<bool> WriteAsync(CatalogChange change, long revision, CancellationToken cancellationToken)
    {
        try
        {
            if (await _store!.WriteAsync([change], revision, cancellationToken) is null)
            {
                return false;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CatalogException(
                $"The catalog's store failed during the write: {exception.Message} Read the entry to see whether it was made.", exception);
        }

        await _served!.RefreshAsync(CancellationToken.None);
        return true;
    }

    private async Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _store is null ? _read!() : await _store.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CatalogException($"The catalog's store cannot be read now: {exception.Message}", exception);
        }
    }

    private EditResult ReadOnlyResult() => new() { Outcome = EditOutcome.ReadOnly, Reason = _source };

    private static EditResult Stale(CatalogEntry? stored) =>
        new() { Outcome = EditOutcome.Stale, Entry = stored is null ? null : CatalogEntryView.Of(stored) };

    private static CatalogEntry? Find(CatalogDocument document, CatalogEntryKind kind, string name) =>
        document.Entries.FirstOrDefault(entry => entry.Kind == kind && entry.Name == name);

    /// <summary>Whatever entry no longer holds without the model uses it, in whatever way its strategy does.</summary>
    private static List<string> Users(CatalogDocument document, IReadOnlyList<CatalogIssue> errors) =>
    [
        .. document.Entries
            .Where(entry => errors.Any(
                error => error.Path.StartsWith(StoredCatalog.PathOf(entry.Kind, entry.Name), StringComparison.Ordinal)))
            .Select(entry => entry.Name),
    ];
}
