using System.Diagnostics.CodeAnalysis;

namespace Ensemble.Catalog;

/// <summary>Reads the secrets that a catalog only refers to. Asked for each call, so that a rotated key is used at once.</summary>
public interface ISecrets
{
    /// <returns>False where the secret is missing or cannot be read; never throws for that.</returns>
    bool TryResolve(SecretReference reference, [NotNullWhen(true)] out string? secret);
}

public enum SecretSource
{
    Environment,
    File,

    /// <summary>In the catalog itself, encrypted.</summary>
    Sealed,
}

/// <summary>A secret that cannot be had now. Names the reference, never the secret.</summary>
public sealed class SecretUnavailableException(SecretReference reference, string problem) : Exception(problem)
{
    public SecretReference Reference { get; } = reference;
}

/// <summary>Where a secret is kept: <c>env:NAME</c>, <c>file:/path</c>, or sealed in a stored catalog. Never the secret itself.</summary>
public sealed record SecretReference(SecretSource Source, string Location)
{
    /// <summary>Whether the <c>SecretPolicy</c> holds for it, because it comes from a stored catalog.</summary>
    public bool IsConfined { get; init; }

    /// <summary>Whom a sealed secret is for; it opens for nobody else.</summary>
    internal string? Audience { get; init; }

    public override string ToString() => Source switch
    {
        SecretSource.Environment => $"env:{Location}",
        SecretSource.File => $"file:{Location}",
        _ => "the sealed secret",
    };

    /// <returns>False where <paramref name="text"/> is neither <c>env:NAME</c> nor <c>file:/path</c>.</returns>
    public static bool TryParse(string text, out SecretReference reference)
    {
        var (source, prefix) = text.StartsWith("env:", StringComparison.Ordinal)
            ? (SecretSource.Environment, "env:")
            : (SecretSource.File, "file:");
        reference = new SecretReference(source, text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : "");
        return reference.Location.Length > 0;
    }

    /// <summary>Binds a sealed secret to the model that it was sealed for, and to where that model's calls go.</summary>
    internal static ModelConfig Bound(ModelConfig model) => IsSealed(model.ApiKey) || model.Headers.Any(header => IsSealed(header.Secret))
        ? model with
        {
            ApiKey = Bound(model.ApiKey, model),
            Headers = [.. model.Headers.Select(header => header with { Secret = Bound(header.Secret, model) })],
        }
        : model;

    private static bool IsSealed(SecretReference? reference) => reference is { Source: SecretSource.Sealed };

    private static SecretReference? Bound(SecretReference? reference, ModelConfig model) =>
        IsSealed(reference) ? reference! with { Audience = AudienceOf(model) } : reference;

    // With the port: what listens on another one is somebody else. No part can hold a line break. Secrets that are stored were sealed
    // for this very text: another one would close them all.
    internal static string AudienceOf(ModelConfig model) => $"{model.DisplayName}\n{model.Provider}\n{model.BaseUrl?.Authority}";
}
