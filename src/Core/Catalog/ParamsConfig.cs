namespace Ensemble.Catalog;

/// <summary>How a request is adapted to a provider: fields dropped, then renamed, then set.</summary>
public sealed record ParamsConfig
{
    public IReadOnlyList<string> Drop { get; init; } = [];

    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>Field name → JSON value as UTF-8, sent whatever the caller said.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Set { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>The role sent where the caller wrote <c>developer</c>; null = the provider's preset.</summary>
    public string? DeveloperRole { get; init; }

    /// <summary>
    /// Whether the provider gives several answers to one call, as <c>n</c> asks; null = as its kind of provider usually does.
    /// </summary>
    public bool? N { get; init; }

    /// <summary>
    /// Whether whole answers are asked for as streams too, and folded, since the provider serves streams only. Default false.
    /// </summary>
    public bool AlwaysStreams { get; init; }

    /// <summary>
    /// Whether the model's text begins with thoughts that only a closing tag ends, so that its streams are held back until then;
    /// null = as its name says, and as its answers have shown.
    /// </summary>
    public bool? Thinks { get; init; }

    public static readonly ParamsConfig None = new();
}
