using System.Text.Json;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Editing;

/// <summary>Takes a model's <c>api_key</c> and <c>headers</c> as an editor writes them, and gives what is stored instead.</summary>
internal sealed class ModelSecrets(SecretPolicy policy, SecretSealer? sealer)
{
    private const string Field = "api_key";

    /// <summary>The longest secret that is taken in clear, in characters.</summary>
    private const int MaxLength = 4096;

    /// <summary>Stands where a secret was refused, so that the rest of the entry is read without it.</summary>
    private const string Nothing = $"env:{SecretPolicy.VariablePrefix}NOTHING";

    /// <param name="entry">The model as it was sent.</param>
    /// <param name="stored">The entry of that name; null = there is none.</param>
    /// <param name="issues">Gets what is wrong with the secret; the result may then not be stored.</param>
    public byte[] Take(byte[] entry, CatalogEntry? stored, List<CatalogIssue> issues)
    {
        using var document = JsonSanitizer.Parse(entry);
        return CatalogEntries.Rewrite(document.RootElement, (writer, property) =>
        {
            if (property.NameIs(Field) && property.Value.Text() is { } secret)
            {
                writer.WriteString(Field, Take(Field, secret, entry, stored, issues));
                return true;
            }

            if (!property.NameIs(HeadersReader.Field) || property.Value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            writer.WriteStartObject(HeadersReader.Field);
            foreach (var header in property.Value.EnumerateObject())
            {
                var name = header.NameText();
                writer.WritePropertyName(name);
                if (header.Value.Text() is { } text)
                {
                    writer.WriteStringValue(Take(name, text, entry, stored, issues, isHeader: true));
                }
                else
                {
                    header.Value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
            return true;
        });
    }

    /// <param name="name">Of the field, or of the header.</param>
    private string Take(string name, string text, byte[] entry, CatalogEntry? stored, List<CatalogIssue> issues, bool isHeader = false)
    {
        var (result, rule, fix) = text switch
        {
            CatalogEntryView.Sealed => Keep(name, entry, stored, isHeader),
            _ when text.StartsWith("sealed:", StringComparison.Ordinal) =>
                (null, "is the sealed form of a secret", "Give the secret itself or a reference; \"sealed\" keeps the one that is stored."),
            _ when SecretReferenceReader.OtherSyntax(text) is { } other => (null, SecretReferenceReader.OtherSyntaxRule, other),
            _ when SecretReferenceReader.IsReference(text) => Refer(text),
            _ when isHeader && !HeadersReader.IsSecret(name) => (text, "", ""),
            _ => Seal(text, entry),
        };
        if (result is null)
        {
            issues.Add(new CatalogIssue(isHeader ? $"{HeadersReader.Field}.{name}" : name, rule, null, fix));
        }

        return result ?? Nothing;
    }

    private (string? Text, string Rule, string Fix) Refer(string text)
    {
        // What is no usable reference is refused by the catalog's reader.
        if (!SecretReference.TryParse(text, out var reference))
        {
            return (text, "", "");
        }

        var refusal = policy.Refusal(reference)
            ?? (reference.Source == SecretSource.File && policy.Locate(reference.Location) is null ? "leads out of the Security:SecretDirectory" : null);
        return refusal is null ? (text, "", "") : (null, refusal, policy.Advice);
    }

    private (string? Text, string Rule, string Fix) Seal(string text, byte[] entry)
    {
        if (sealer is null)
        {
            return (null, "is a secret in clear, which is taken only with the option Security:MasterKey", policy.Advice);
        }

        if (text.Length is 0 or > MaxLength || text.Any(c => c is <= ' ' or > '~'))
        {
            return (null, $"must have from 1 to {MaxLength} printable ASCII characters, without blanks", "Write the key as the provider gave it.");
        }

        // Whom it is for is known only where the rest of the entry holds; where it does not, nothing is stored.
        return (ReadModel(entry) is { } model ? sealer.Seal(text, SecretReference.AudienceOf(model)) : Nothing, "", "");
    }

    private static (string? Text, string Rule, string Fix) Keep(string name, byte[] entry, CatalogEntry? stored, bool isHeader)
    {
        const string Fix = "Give the secret itself, or a reference to it.";
        if (stored is null || HiddenText(stored.Json, name, isHeader) is not { } kept)
        {
            return (null, "asks to keep a sealed secret, and none is stored", Fix);
        }

        // Where the rest has errors, these are what is reported.
        return ReadModel(entry) is not { } model || ReadModel(stored.Json) is not { } before
            || SecretReference.AudienceOf(model) == SecretReference.AudienceOf(before)
            ? (kept, "", "")
            : (null, "asks to keep a secret that was given for another provider or host", "Give the secret again.");
    }

    /// <returns>The stored text that a view shows as <see cref="CatalogEntryView.Sealed"/>; null where there is none.</returns>
    private static string? HiddenText(ReadOnlyMemory<byte> json, string name, bool isHeader)
    {
        using var document = CatalogJson.Parse(json).Document;
        var place = isHeader ? document?.RootElement.Member(HeadersReader.Field) : document?.RootElement;
        return place?.Member(name)?.Text() switch
        {
            { } text when isHeader && !SecretReferenceReader.IsReference(text) => text,
            { } text when !isHeader && text.StartsWith(SecretSealer.Prefix, StringComparison.Ordinal) => text,
            _ => null,
        };
    }

    /// <returns>The model without its secrets; null where it has errors of its own.</returns>
    private static ModelConfig? ReadModel(ReadOnlyMemory<byte> json)
    {
        using var document = CatalogJson.Parse(json).Document;
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        var bare = CatalogEntries.Rewrite(root, static (_, property) => property.NameIs(Field) || property.NameIs(HeadersReader.Field));
        var catalog = CatalogEntries.Join([new CatalogEntry(CatalogEntryKind.Model, "", bare, 0)]).Json;
        return CatalogReader.Read(catalog, 0, null, CatalogOrigin.Store).Snapshot?.Models.Values.SingleOrDefault();
    }
}
