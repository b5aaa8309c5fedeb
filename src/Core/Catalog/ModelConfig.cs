using System.Buffers;

namespace Ensemble.Catalog;

/// <summary>A model that one provider serves, as its operator described it.</summary>
public sealed record ModelConfig
{
    /// <summary>The alias by which callers, panels and judges name this model.</summary>
    public required string DisplayName { get; init; }

    public required ProviderKind Provider { get; init; }

    /// <summary>The provider's name of the model, sent as <c>model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Address up to and including the version segment, as <c>https://host/v1</c>, or a resource's where <see cref="ApiVersion"/> is set;
    /// null only for <see cref="ProviderKind.Simulated"/>.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Version of Azure OpenAI's deployment path, as <c>2024-10-21</c>; null = its v1 surface, or another provider.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Where the provider's key is kept; null where the provider wants none.</summary>
    public SecretReference? ApiKey { get; init; }

    public ModelKind Kind { get; init; }

    /// <summary>Models of one family make the same mistakes; used for warnings about homogeneous panels.</summary>
    public string? Family { get; init; }

    /// <summary>Context window in tokens; null when unknown.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Longest answer in tokens; null when unknown.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Bounds a whole call: gate, attempts and back-off; for a stream until its first content byte. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Attempts after the first. Default 2.</summary>
    public int Retries { get; init; } = DefaultRetries;

    /// <summary>
    /// Until the headers of a stream are sent though nothing of the answer is there; of a model that is asked by its own name. Default 5 s.
    /// </summary>
    public TimeSpan StreamCommit { get; init; } = DefaultStreamCommit;

    public ParamsConfig Params { get; init; } = ParamsConfig.None;

    /// <summary>Sent with each request beside the gateway's own. Default none.</summary>
    public IReadOnlyList<HeaderConfig> Headers { get; init; } = [];

    public RateLimitConfig? RateLimit { get; init; }

    public CooldownConfig Cooldown { get; init; } = CooldownConfig.Default;

    /// <summary>Null when the operator gave no price: costs are then unknown, never guessed.</summary>
    public PriceConfig? Price { get; init; }

    /// <summary>
    /// Whether the end of the caller's conversation is marked, so that the provider keeps it for the next turn; only for
    /// <see cref="ProviderKind.Anthropic"/>, where others keep it by themselves. Default false.
    /// </summary>
    public bool MarksCache { get; init; }

    /// <summary>Set if and only if <see cref="Provider"/> is <see cref="ProviderKind.Simulated"/>.</summary>
    public SimulatedConfig? Simulated { get; init; }

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultStreamCommit = TimeSpan.FromSeconds(5);

    public const int DefaultRetries = 2;
}

public enum ModelKind
{
    Chat,
    Embedding,
}

/// <summary>The dialect that a model's provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>OpenAI's chat completions, or any server compatible with them.</summary>
    OpenAi,

    /// <summary>Azure OpenAI: deployments of a resource, or its v1 surface.</summary>
    AzureOpenAi,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,

    /// <summary>Answers from this process, without a network.</summary>
    Simulated,
}

/// <summary>A header that is sent with each request to a model's provider, beside the gateway's own.</summary>
/// <param name="Value">What is sent; null where it is a secret.</param>
/// <param name="Secret">Where the value is kept; null where it is none.</param>
public sealed record HeaderConfig(string Name, string? Value, SecretReference? Secret)
{
    // Header values may be secrets under any name.
    public override string ToString() => Name;
}

/// <summary>How an operating system writes paths, as far as references to files of secrets need it.</summary>
/// <param name="isWindows">Whether folders are separated by either slash, drives come first, and case does not matter.</param>
internal sealed class PathStyle(bool isWindows)
{
    /// <summary>Names that Windows takes for devices, in every folder and with every ending.</summary>
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"];

    private static readonly SearchValues<char> NoName = SearchValues.Create(":*?\"<>|");

    private readonly char[] _separators = isWindows ? ['\\', '/'] : ['/'];

    public static PathStyle Current { get; } = new(OperatingSystem.IsWindows());

    /// <summary>An absolute path as messages show it, escaped as JSON wants it.</summary>
    public string Example => isWindows ? @"C:\\folder\\name" : "/absolute/path";

    /// <summary>
    /// Whether a text is an absolute path of a file. On Windows from a drive on: a share would send this machine's credentials to another
    /// one, and devices and streams of files are no files.
    /// </summary>
    public bool IsUsable(string path)
    {
        if (path.Any(char.IsControl))
        {
            return false;
        }

        return isWindows
            ? path is [>= 'A' and <= 'Z' or >= 'a' and <= 'z', ':', '\\' or '/', _, ..]
                && path.AsSpan(2).IndexOfAny(NoName) < 0
                && Array.TrueForAll(path[3..].Split(_separators), IsUsableStep)
            : path.StartsWith('/');
    }

    /// <summary>
    /// Whether a path lies in a folder, by its text. A step back is refused even where it stays inside: after a link it leads elsewhere.
    /// </summary>
    public bool IsBelow(string folder, string path)
    {
        var (outer, inner) = (Steps(folder), Steps(path));
        return inner.Length > outer.Length
            && outer.AsSpan().SequenceEqual(
                inner.AsSpan(0, outer.Length), isWindows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
            && !inner.Any(step => step is "." or "..");
    }

    private string[] Steps(string path) => path.Split(_separators, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsUsableStep(string step)
    {
        // Windows drops blanks and dots at the end of a name.
        if (step.Length > 0 && step is not ("." or "..") && step[^1] is '.' or ' ')
        {
            return false;
        }

        var name = step.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return !Array.Exists(Devices, device => device == name)
            && !(name.Length == 4 && name[..3] is "COM" or "LPT" && !char.IsAsciiLetter(name[3]));
    }
}
