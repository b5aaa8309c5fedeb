using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads where a secret is kept. No message shows what was written: it may be the secret itself.</summary>
internal static class SecretReferenceReader
{
    private const int MaxLength = 1024;
    private const int MaxSealed = 8192;

    public static SecretReference? Read(ConfigNode node, CatalogOrigin origin)
    {
        var hidden = node.Hidden();
        var isSealed = origin == CatalogOrigin.Store && node.IsString
            && node.Element.Text()!.StartsWith(SecretSealer.Prefix, StringComparison.Ordinal);
        if (hidden.Text(isSealed ? MaxSealed : MaxLength) is not { } text)
        {
            return null;
        }

        if (isSealed)
        {
            return new SecretReference(SecretSource.Sealed, text[SecretSealer.Prefix.Length..]) { IsConfined = true };
        }

        if (OtherSyntax(text) is { } fix)
        {
            hidden.Error(OtherSyntaxRule, fix);
            return null;
        }

        if (!IsReference(text))
        {
            hidden.Error(
                "is a secret in clear",
                $"Put it into an environment variable or a file, and write \"env:NAME\" or \"file:{PathStyle.Current.Example}\" here.");
            return null;
        }

        if (!SecretReference.TryParse(text, out var reference) || !IsUsable(reference))
        {
            hidden.Error(
                "is not a usable reference to a secret",
                $"Write \"env:NAME\" (letters, digits and _, no digit first) or \"file:{PathStyle.Current.Example}\".");
            return null;
        }

        return reference with { IsConfined = origin == CatalogOrigin.Store };
    }

    /// <summary>What is wrong with a text that <see cref="OtherSyntax"/> has an answer for.</summary>
    public const string OtherSyntaxRule = "names a variable in the way of another program";

    /// <returns>What to write instead, where the text names a variable as other programs do; null where it does not.</returns>
    public static string? OtherSyntax(string text)
    {
        // "env:${NAME}", too.
        var inner = text.StartsWith("env:", StringComparison.Ordinal) ? text["env:".Length..] : text;
        return VariableSyntax.NameIn(inner) is { } name ? $"Write \"env:{name}\"." : null;
    }

    public static bool IsReference(string text) =>
        text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal);

    // Strict on purpose: a name that cannot be a variable's is more likely a pasted key.
    private static bool IsUsable(SecretReference reference) => reference.Source == SecretSource.Environment
        ? reference.Location.Length <= 128 && !char.IsAsciiDigit(reference.Location[0]) && reference.Location.All(
            c => char.IsAsciiLetterOrDigit(c) || c == '_')
        : PathStyle.Current.IsUsable(reference.Location);
}
