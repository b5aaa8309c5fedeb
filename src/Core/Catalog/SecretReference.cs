namespace Ensemble.Catalog;

/// <summary>Where a secret is kept: <c>env:NAME</c> or <c>file:/path</c>. The secret itself is never part of a catalog.</summary>
public sealed record SecretReference(SecretSource Source, string Location)
{
    public override string ToString() => Source == SecretSource.Environment ? $"env:{Location}" : $"file:{Location}";

    /// <returns>False where <paramref name="text"/> is neither <c>env:NAME</c> nor <c>file:/path</c>.</returns>
    public static bool TryParse(string text, out SecretReference reference)
    {
        var (source, prefix) = text.StartsWith("env:", StringComparison.Ordinal)
            ? (SecretSource.Environment, "env:")
            : (SecretSource.File, "file:");
        reference = new SecretReference(source, text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : "");
        return reference.Location.Length > 0;
    }
}
