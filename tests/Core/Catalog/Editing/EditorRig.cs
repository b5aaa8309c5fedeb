using System.Text;
using System.Text.Json;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>An editor over a store in memory that holds the built-in panel.</summary>
internal sealed class EditorRig : IAsyncDisposable
{
    private EditorRig(SecretPolicy policy, SecretSealer? sealer)
    {
        Secrets = new SecretResolver(Clock, name => Environment.GetValueOrDefault(name), policy, sealer);
        Served = new StoreCatalog(Store, Secrets, Clock, NullLogger<StoreCatalog>.Instance);
        Editor = new CatalogEditor(Store, Served, Secrets, policy, sealer);
    }

    public ManualTimeProvider Clock { get; } = new();

    public FaultyStore Store { get; } = new();

    public Dictionary<string, string> Environment { get; } = [];

    public SecretResolver Secrets { get; }

    public StoreCatalog Served { get; }

    public CatalogEditor Editor { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<EditorRig> StartAsync(byte? masterKey = null, string? directory = null)
    {
        var rig = new EditorRig(new SecretPolicy(directory), masterKey is { } fill ? Sealer(fill) : null);
        await rig.Served.StartAsync(Cancel);
        return rig;
    }

    public static SecretSealer Sealer(byte fill)
    {
        var key = new byte[32];
        Array.Fill(key, fill);
        SecretSealer.TryCreate(Convert.ToHexString(key), out var sealer).ShouldBeTrue();
        return sealer!;
    }

    public Task<EditResult> CreateAsync(string json, CatalogEntryKind kind = CatalogEntryKind.Model, bool dryRun = false) =>
        Editor.CreateAsync(kind, Encoding.UTF8.GetBytes(json), dryRun, Cancel);

    public Task<EditResult> PutAsync(
        string name, string json, EditCondition? condition = null, CatalogEntryKind kind = CatalogEntryKind.Model, bool dryRun = false) =>
        Editor.PutAsync(kind, name, Encoding.UTF8.GetBytes(json), condition ?? EditCondition.None, dryRun, Cancel);

    public Task<EditResult> DeleteAsync(string name, EditCondition? condition = null, CatalogEntryKind kind = CatalogEntryKind.Model) =>
        Editor.DeleteAsync(kind, name, condition ?? EditCondition.None, Cancel);

    public async Task<CatalogEntryView> ViewAsync(string name, CatalogEntryKind kind = CatalogEntryKind.Model) =>
        (await Editor.FindAsync(kind, name, Cancel)).ShouldNotBeNull();

    public async Task<JsonElement> EntryAsync(string name, CatalogEntryKind kind = CatalogEntryKind.Model) =>
        JsonElement.Parse((await ViewAsync(name, kind)).Json.Span);

    /// <summary>Everything that is stored, as text.</summary>
    public async Task<string> StoredAsync() =>
        string.Join('\n', (await Store.Inner.ReadAsync(Cancel)).Entries.Select(entry => Encoding.UTF8.GetString(entry.Json.Span)));

    public async ValueTask DisposeAsync()
    {
        Editor.Dispose();
        await Served.DisposeAsync();
    }
}
