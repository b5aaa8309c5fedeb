using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Editing;

/// <summary>Takes a caller's key as an editor writes it, makes one where none is given, and gives what is stored: its digest.</summary>
internal static class CallerKeys
{
    /// <summary>What a key begins with that was made here.</summary>
    public const string Prefix = "sk-ens-";

    private const int RandomBytes = 32;
    private const string Clear = "key";
    private const string Hashed = "key_sha256";

    /// <param name="stored">The entry of that name, whose digest stays where none is given; null = there is none.</param>
    /// <param name="issues">Gets what is wrong; there is no entry to store then.</param>
    /// <returns>The entry, never with a key in clear, and the key that was made here.</returns>
    public static (byte[]? Entry, string? NewKey) Take(byte[] entry, CatalogEntry? stored, List<CatalogIssue> issues)
    {
        using var document = JsonSanitizer.Parse(entry);
        var root = document.RootElement;
        if (FindValue(root, Clear) is { } clear)
        {
            return (Hash(entry, root, clear, issues), null);
        }

        if (FindValue(root, Hashed) is not null)
        {
            return (entry, null);
        }

        var kept = stored is null ? null : StoredHash(stored);
        var made = kept is null ? Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)) : null;
        return (WithHash(root, kept ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(made!)))), made);
    }

    private static byte[]? Hash(byte[] entry, JsonElement root, JsonElement clear, List<CatalogIssue> issues)
    {
        if (clear.ValueKind == JsonValueKind.String && SecretReferenceReader.IsReference(clear.Text()!))
        {
            issues.Add(new CatalogIssue(
                Clear, "is a reference, and keys are stored as digests", null,
                "Give the key itself, its key_sha256, or neither to have one made."));
            return null;
        }

        // Read by itself and as it was sent, so that what is said about it is what a catalog file would be told.
        var result = CatalogReader.Read(CatalogEntries.Join([new CatalogEntry(CatalogEntryKind.Key, "", entry, 0)]).Json, 0);
        if (result.Snapshot is null)
        {
            issues.AddRange(result.Errors.Select(
                error => error with { Path = error.Path.Replace("keys[0]", "", StringComparison.Ordinal).TrimStart('.') }));
            return null;
        }

        return WithHash(root, Convert.ToHexStringLower(result.Snapshot.Keys[0].Sha256.Span));
    }

    private static byte[] WithHash(JsonElement root, string hash) => CatalogEntries.Rewrite(
        root, static (_, property) => property.NameIs(Clear) || property.NameIs(Hashed), writer => writer.WriteString(Hashed, hash));

    private static string? StoredHash(CatalogEntry stored)
    {
        using var document = CatalogJson.Parse(stored.Json).Document;
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root
            && FindValue(root, Hashed) is { ValueKind: JsonValueKind.String } hash
            ? hash.Text()
            : null;
    }

    private static JsonElement? FindValue(JsonElement entry, string field) =>
        entry.TryMember(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
