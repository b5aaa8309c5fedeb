using System.Text.Json;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Editing;

/// <summary>An entry as it was sent: one JSON object, without comments, under its name.</summary>
/// <param name="Name">Empty where it has none; it is then not valid.</param>
internal sealed record EntryBody(CatalogEntryKind Kind, string Name, byte[] Json)
{
    /// <param name="address">The name under which it is to stand; null = the one that it gives.</param>
    public static EntryBody? Read(CatalogEntryKind kind, string? address, ReadOnlyMemory<byte> json, List<CatalogIssue> issues)
    {
        var (document, issue) = CatalogJson.Parse(json);
        using (document)
        {
            if (document is null)
            {
                issues.Add(issue!);
                return null;
            }

            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                issues.Add(new CatalogIssue("", "must be an object", ConfigText.Short(root), "Send the entry as a catalog file has it."));
                return null;
            }

            return Read(kind, address, root, issues);
        }
    }

    private static EntryBody Read(CatalogEntryKind kind, string? address, JsonElement root, List<CatalogIssue> issues)
    {
        var field = CatalogEntries.NameField(kind);
        var hasName = root.TryMember(field, out var given) && given.ValueKind != JsonValueKind.Null;
        var name = given.Text();
        if (address is not null && name is not null && name != address)
        {
            issues.Add(new CatalogIssue(
                field, "is not the name in the address", ConfigText.Short(given),
                "Write the same in both; to rename an entry, create one and delete the other."));
        }

        return address is null || hasName
            ? new EntryBody(kind, address ?? name ?? "", CatalogEntries.Rewrite(root, static (_, _) => false))
            : new EntryBody(kind, address, CatalogEntries.Rewrite(
                root, (_, property) => property.NameIs(field), writer => writer.WriteString(field, address)));
    }
}
