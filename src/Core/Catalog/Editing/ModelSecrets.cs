using System.Text.Json;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Editing;

/// <summary>Takes a model's <c>api_key</c> as an editor writes it, and gives what is stored instead.</summary>
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
        using var document = SoundJson.Parse(entry);
        return CatalogEntries.Rewrite(document.RootElement, (writer, property) =>
        {
            if (!property.NameIs(Field) || property.Value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            writer.WriteString(Field, Take(property.Value.Text()!, entry, stored, issues));
            return true;
        });
    }

    private string Take(string text, byte[] entry, CatalogEntry? stored, List<CatalogIssue> issues)
    {
        var (result, rule, fix) = text switch
        {
            CatalogEntryView.Sealed => Keep(entry, stored),
            _ when text.StartsWith("sealed:", StringComparison.Ordinal) =>
                (null, "is the sealed form of a secret", "Give the secret itself or a reference; \"sealed\" keeps the one that is stored."),
            _ when SecretReferenceReader.OtherSyntax(text) is { } other => (null, SecretReferenceReader.OtherSyntaxRule, other),
            _ when SecretReferenceReader.IsReference(text) => Refer(text),
            _ => Seal(text, entry),
        };
        if (result is null)
        {
            issues.Add(new CatalogIssue(Field, rule, null, fix));
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
        return (Alone(entry) is { } model ? sealer.Seal(text, SecretReference.AudienceOf(model)) : Nothing, "", "");
    }

    private static (string? Text, string Rule, string Fix) Keep(byte[] entry, CatalogEntry? stored)
    {
        const string Fix = "Give the secret itself, or a reference to it.";
        if (stored is null || SealedText(stored.Json) is not { } kept)
        {
            return (null, "asks to keep a sealed secret, and none is stored", Fix);
        }

        // Where the rest has errors, these are what is reported.
        return Alone(entry) is not { } model || Alone(stored.Json) is not { } before || SecretReference.AudienceOf(model) == SecretReference.AudienceOf(before)
            ? (kept, "", "")
            : (null, "asks to keep a secret that was given for another provider or host", "Give the secret again.");
    }

    private static string? SealedText(ReadOnlyMemory<byte> json)
    {
        using var document = CatalogJson.Parse(json).Document;
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryMember(Field, out var key) && key.ValueKind == JsonValueKind.String
            && key.Text()!.StartsWith(SecretSealer.Prefix, StringComparison.Ordinal)
                ? key.Text()
                : null;
    }

    /// <returns>The model without its secret; null where it has errors of its own.</returns>
    private static ModelConfig? Alone(ReadOnlyMemory<byte> json)
    {
        using var document = CatalogJson.Parse(json).Document;
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        var bare = CatalogEntries.Rewrite(root, static (_, property) => property.NameIs(Field));
        var catalog = CatalogEntries.Join([new CatalogEntry(CatalogEntryKind.Model, "", bare, 0)]).Json;
        return CatalogReader.Read(catalog, 0, null, CatalogOrigin.Store).Snapshot?.Models.Values.SingleOrDefault();
    }
}
