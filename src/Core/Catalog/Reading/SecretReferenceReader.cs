namespace Ensemble.Catalog.Reading;

/// <summary>Reads where a secret is kept. No message shows what was written: it may be the secret itself.</summary>
internal static class SecretReferenceReader
{
    private const int MaxLength = 1024;
    private const int MaxSealed = 8192;

    public static SecretReference? Read(ConfigNode node, CatalogOrigin origin)
    {
        var hidden = node.Hidden();
        var isSealed = origin == CatalogOrigin.Store && node.IsString && node.Element.GetString()!.StartsWith(SecretSealer.Prefix, StringComparison.Ordinal);
        if (hidden.Text(isSealed ? MaxSealed : MaxLength) is not { } text)
        {
            return null;
        }

        if (isSealed)
        {
            return new SecretReference(SecretSource.Sealed, text[SecretSealer.Prefix.Length..]) { IsConfined = true };
        }

        if (!IsReference(text))
        {
            hidden.Error("is a secret in clear", "Put it into an environment variable or a file, and write \"env:NAME\" or \"file:/absolute/path\" here.");
            return null;
        }

        if (!SecretReference.TryParse(text, out var reference) || !IsUsable(reference))
        {
            hidden.Error(
                "is not a usable reference to a secret",
                "Write \"env:NAME\" (letters, digits and _, no digit first) or \"file:/absolute/path\".");
            return null;
        }

        return reference with { IsConfined = origin == CatalogOrigin.Store };
    }

    public static bool IsReference(string text) =>
        text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal);

    // Strict on purpose: a name that cannot be a variable's is more likely a pasted key.
    private static bool IsUsable(SecretReference reference) => reference.Source == SecretSource.Environment
        ? reference.Location.Length <= 128 && !char.IsAsciiDigit(reference.Location[0]) && reference.Location.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        : Path.IsPathFullyQualified(reference.Location) && !reference.Location.Any(char.IsControl);
}
