using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Editing;

/// <summary>An entry without its secrets. What it shows can be written back, and changes nothing.</summary>
public sealed class CatalogEntryView
{
    /// <summary>Stands for a secret that is sealed, and means "keep it" where it is written back.</summary>
    internal const string Sealed = "sealed";

    private CatalogEntryView(CatalogEntry entry) => (Entry, Json) = (entry, Encoding.UTF8.GetBytes("null"));

    public CatalogEntryKind Kind => Entry.Kind;

    public string Name => Entry.Name;

    public long Version => Entry.Version;

    public bool IsEnsemble { get; private init; }

    /// <summary>The entry: references to secrets as they are, a sealed secret as <c>sealed</c>, a caller's key not at all.</summary>
    public ReadOnlyMemory<byte> Json { get; private init; }

    /// <summary>Tells one caller's key from another, and nothing about it; null where the key is not known here.</summary>
    public string? Fingerprint { get; private init; }

    private CatalogEntry Entry { get; }

    internal static CatalogEntryView Of(CatalogEntry entry)
    {
        var (document, _) = CatalogJson.Parse(entry.Json);
        using (document)
        {
            return document?.RootElement is { ValueKind: JsonValueKind.Object } root
                ? new CatalogEntryView(entry)
                {
                    IsEnsemble = entry.Kind == CatalogEntryKind.Model && EnsembleReader.IsEnsemble(root),
                    Json = CatalogEntries.Rewrite(root, entry.Kind == CatalogEntryKind.Model ? HideSecret : HideKey),
                    Fingerprint = entry.Kind == CatalogEntryKind.Key ? FingerprintOf(root) : null,
                }
                : new CatalogEntryView(entry);
        }
    }

    private static bool HideSecret(Utf8JsonWriter writer, JsonProperty property)
    {
        if (property.NameIs(HeadersReader.Field) && property.Value.ValueKind == JsonValueKind.Object)
        {
            // Any value in clear is hidden: a secret may stand under any name.
            writer.WriteStartObject(HeadersReader.Field);
            foreach (var header in property.Value.EnumerateObject())
            {
                var isReference = header.Value.Text() is { } value && SecretReferenceReader.IsReference(value);
                writer.WriteString(header.NameText(), isReference ? header.Value.Text() : Sealed);
            }

            writer.WriteEndObject();
            return true;
        }

        if (!property.NameIs("api_key") || property.Value.ValueKind == JsonValueKind.Null
            || (property.Value.Text() is { } text && SecretReferenceReader.IsReference(text)))
        {
            return false;
        }

        writer.WriteString("api_key", Sealed);
        return true;
    }

    private static bool HideKey(Utf8JsonWriter writer, JsonProperty property) => property.NameIs("key") || property.NameIs("key_sha256");

    /// <summary>A digest of the digest: what is stored stays unseen.</summary>
    private static string? FingerprintOf(JsonElement key)
    {
        if (key.Member("key_sha256")?.Text() is { } hex)
        {
            return Digest(hex.ToUpperInvariant());
        }

        return key.Member("key")?.Text() is { } text && !SecretReferenceReader.IsReference(text)
            ? Digest(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))))
            : null;
    }

    private static string Digest(string hex) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"fingerprint {hex}")))[..8];
}
