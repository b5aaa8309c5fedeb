namespace Ensemble.Catalog;

/// <summary>A header that is sent with each request to a model's provider, beside the gateway's own.</summary>
/// <param name="Value">What is sent; null where it is a secret.</param>
/// <param name="Secret">Where the value is kept; null where it is none.</param>
public sealed record HeaderConfig(string Name, string? Value, SecretReference? Secret)
{
    // Header values may be secrets under any name.
    public override string ToString() => Name;
}
