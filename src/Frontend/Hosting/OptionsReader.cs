using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Management;
using Ensemble.Frontend.Telemetry;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Hosting;

/// <summary>Reads a frontend's options out of configuration and collects everything that is wrong with them.</summary>
/// <param name="configuration">Where the options stand.</param>
/// <param name="known">Every option that the host reads: <see cref="Known"/>, and those that it has besides.</param>
/// <param name="problems">What is wrong with the command line already; null = nothing is.</param>
internal sealed class OptionsReader(IConfiguration configuration, IReadOnlyList<string> known, IReadOnlyList<string>? problems = null)
{
    /// <summary>Every option of a frontend.</summary>
    public static readonly string[] Known =
    [
        "Catalog:File", "Storage:Provider", "Storage:ConnectionString", "Limits:MaxBodyBytes", "Limits:MaxRuns", "Limits:DrainSeconds",
        "Limits:MaxBufferedBytes", "Limits:BodySeconds", "Limits:MaxConnections",
        "Usage:Log", "Usage:Durability", "Usage:RetentionDays",
        "Admin:Key", "Security:MasterKey", "Security:SecretDirectory", "Security:AllowedNetworks", "Security:UseProxy",
        "Cors:AllowedOrigins", StoreAnswers, "Replay:RetentionHours",
        "Telemetry:CaptureContent", OtlpEndpoint, OtlpProtocol, "Telemetry:PropagateToProviders", ManagementOptions.Option,
    ];

    /// <summary>Fewest characters of the admin key.</summary>
    public const int MinAdminKey = 16;

    /// <summary>Most characters of the admin key.</summary>
    public const int MaxAdminKey = 512;

    private const string StoreAnswers = "Replay:StoreAnswers";

    private const string OtlpEndpoint = "Telemetry:OtlpEndpoint";

    private const string OtlpProtocol = "Telemetry:OtlpProtocol";

    private static readonly string[] EndpointVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private static readonly Dictionary<string, StorageProvider> Providers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sqlite"] = StorageProvider.Sqlite,
        ["postgres"] = StorageProvider.Postgres,
        ["memory"] = StorageProvider.Memory,
    };

    private readonly List<string> _problems = [.. problems ?? []];

    /// <summary>Adds what is wrong with an option.</summary>
    public void Problem(string sentence) => _problems.Add(sentence);

    /// <exception cref="StartupException">Names every option that does not hold, and what it may be.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, _problems));
        }
    }

    /// <returns>A frontend's options. They are of use only where no problem was found.</returns>
    public FrontendOptions Frontend()
    {
        foreach (var section in known.Where(option => option.Contains(':', StringComparison.Ordinal))
            .Select(option => option.Split(':')[0]).Distinct(StringComparer.Ordinal))
        {
            CheckNames(section);
        }

        CheckUrls();
        var defaults = new FrontendOptions();
        return new FrontendOptions
        {
            CatalogFile = configuration["Catalog:File"] is { Length: > 0 } file ? file : null,
            Storage = Storage(),
            MaxBodyBytes = Number("Limits:MaxBodyBytes", defaults.MaxBodyBytes, 1024, 256L * 1024 * 1024),
            MaxRuns = (int)Number("Limits:MaxRuns", defaults.MaxRuns, 1, 100_000),
            MaxBufferedBytes = Number("Limits:MaxBufferedBytes", defaults.MaxBufferedBytes, 1024 * 1024, 1L << 50),
            BodyDeadline = TimeSpan.FromSeconds(Number("Limits:BodySeconds", (long)defaults.BodyDeadline.TotalSeconds, 1, 3600)),
            MaxConnections = Number("Limits:MaxConnections", defaults.MaxConnections, 1, 1_000_000),
            Drain = TimeSpan.FromSeconds(Number("Limits:DrainSeconds", (long)defaults.Drain.TotalSeconds, 0, 3600)),
            LogsUsage = Flag("Usage:Log", defaults.LogsUsage),
            Durability = Durability("Usage:Durability"),
            AllowedNetworks = NetworkList.Read(configuration.GetSection("Security:AllowedNetworks"), _problems),
            UseProxy = Flag("Security:UseProxy", defaults.UseProxy),
            AllowedOrigins = OriginList.Read(configuration.GetSection("Cors:AllowedOrigins"), _problems),
            CapturesContent = Flag("Telemetry:CaptureContent", defaults.CapturesContent),
            Telemetry = Telemetry(),
            Management = Management(),
            AdminKeySha256 = AdminKey("Admin:Key"),
            Sealer = MasterKey("Security:MasterKey"),
            SecretDirectory = Folder("Security:SecretDirectory"),
            StoresAnswers = StoresAnswers(),
            ReplayRetention = TimeSpan.FromHours(Number("Replay:RetentionHours", (long)defaults.ReplayRetention.TotalHours, 1, 8760)),
        };
    }

    private TelemetryOptions Telemetry()
    {
        Uri? endpoint = null;
        if (configuration[OtlpEndpoint] is { Length: > 0 } text
            && (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https")))
        {
            _problems.Add(
                $"option {OtlpEndpoint}: '{text}' is not a collector's address. Give http://HOST:4317, or with {OtlpProtocol} "
                + $"{TelemetrySources.HttpProtocol} http://HOST:4318.");
            endpoint = null;
        }

        var protocol = configuration[OtlpProtocol] is { Length: > 0 } named ? named : null;
        if (protocol is not (null or TelemetrySources.Grpc or TelemetrySources.HttpProtocol))
        {
            _problems.Add($"option {OtlpProtocol}: '{protocol}' is not valid. Use {TelemetrySources.Grpc} or {TelemetrySources.HttpProtocol}.");
        }

        return new TelemetryOptions
        {
            Endpoint = endpoint,
            Exports = endpoint is not null || Array.Exists(EndpointVariables, variable => !string.IsNullOrEmpty(configuration[variable])),
            Protocol = protocol,
            PropagatesToProviders = Flag("Telemetry:PropagateToProviders", false),
        };
    }

    private ManagementOptions Management()
    {
        var text = configuration[ManagementOptions.Option];
        if (string.IsNullOrEmpty(text))
        {
            return ManagementOptions.Default;
        }

        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return new ManagementOptions(null, IsChosen: true);
        }

        if (!IsAddress(text, "http"))
        {
            _problems.Add(
                $"option {ManagementOptions.Option}: '{text}' is not an address to listen on. Give http://HOST:PORT, with a port from 0 to "
                + $"65535, or none. The default is {ManagementOptions.DefaultUrl}.");
        }

        return new ManagementOptions(text, IsChosen: true);
    }

    private StorageOptions Storage()
    {
        var options = new StorageOptions
        {
            Provider = Provider(),
            ConnectionString = configuration["Storage:ConnectionString"] is { Length: > 0 } text ? text : null,
            UsageRetentionDays = (int)Number("Usage:RetentionDays", new StorageOptions().UsageRetentionDays, 0, 36_500),
        };
        if (options is { Provider: StorageProvider.Postgres, ConnectionString: null })
        {
            _problems.Add("option Storage:ConnectionString: postgres needs one, as 'Host=…;Database=…;Username=…;Password=…'. "
                + "Give it in the environment, as Storage__ConnectionString: a command line is for everybody on the machine to read.");
        }

        return options;
    }

    private StorageProvider Provider()
    {
        var text = configuration["Storage:Provider"];
        if (string.IsNullOrEmpty(text))
        {
            return StorageProvider.Sqlite;
        }

        if (!Providers.TryGetValue(text, out var provider))
        {
            // A connection string that ended up here is not repeated: it may hold a password.
            var shown = text.All(char.IsAsciiLetterOrDigit) && text.Length <= 32 ? $"'{text}'" : "this";
            _problems.Add($"option Storage:Provider: {shown} is not valid. {NearestName.Advice(text, Providers.Keys, $"Use {string.Join(", ", Providers.Keys)}.")}");
        }

        return provider;
    }

    /// <returns>The fallback where the option is not given, or is a problem.</returns>
    public long Number(string key, long fallback, long least, long most)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least
            && value <= most)
        {
            return value;
        }

        _problems.Add($"option {key}: '{text}' is not a whole number from {least} to {most}. The default is {fallback}.");
        return fallback;
    }

    private UsageDurability Durability(string key)
    {
        switch (configuration[key])
        {
            case null or "" or "batched":
                return UsageDurability.Batched;
            case "before_answer":
                return UsageDurability.BeforeAnswer;
            case var text:
                _problems.Add($"option {key}: '{text}' is not valid. Use batched or before_answer.");
                return UsageDurability.Batched;
        }
    }

    private bool Flag(string key, bool fallback)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text) || bool.TryParse(text, out fallback))
        {
            return fallback;
        }

        _problems.Add($"option {key}: '{text}' is neither true nor false.");
        return fallback;
    }

    // No message repeats a key.
    private ReadOnlyMemory<byte>? AdminKey(string key)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length is < MinAdminKey or > MaxAdminKey || text.Any(c => c is <= ' ' or > '~'))
        {
            _problems.Add(
                $"option {key}: must have from {MinAdminKey} to {MaxAdminKey} printable ASCII characters, without blanks. 'openssl rand "
                + "-base64 32' makes one.");
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    private SecretSealer? MasterKey(string key)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!SecretSealer.TryCreate(text, out var sealer))
        {
            _problems.Add(
                $"option {key}: must be 32 bytes, as base64 or as 64 hexadecimal digits. 'openssl rand -base64 32' makes one; keep it, for "
                + "nothing else opens what it sealed.");
        }

        return sealer;
    }

    private bool StoresAnswers()
    {
        var stores = Flag(StoreAnswers, false);
        if (stores && string.IsNullOrEmpty(configuration["Security:MasterKey"]))
        {
            _problems.Add(
                $"option {StoreAnswers}: answers are kept encrypted, and there is no key for that. Give one as Security:MasterKey "
                + "('openssl rand -base64 32' makes it), or leave this option out.");
        }

        return stores;
    }

    private string? Folder(string key)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!Directory.Exists(text))
        {
            _problems.Add($"option {key}: there is no folder '{text}'. Give one that this process can read.");
        }

        return Path.GetFullPath(text);
    }

    private void CheckNames(string section)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (!known.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                _problems.Add($"option {child.Path}: there is no such option.{Suggest(child.Path)}");
            }
        }
    }

    // What is no number would be part of the host's name, and Kestrel listens on every interface for a name.
    private void CheckUrls()
    {
        foreach (var url in (configuration["urls"] ?? "").Split(
            ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsAddress(url, "http", "https"))
            {
                _problems.Add($"option urls: '{url}' is not an address to listen on. Give http://HOST:PORT, with a port from 0 to 65535.");
            }
        }
    }

    private static bool IsAddress(string url, params string[] schemes)
    {
        var host = url.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal);
        return Uri.TryCreate(host, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme, StringComparer.Ordinal);
    }

    private string Suggest(string name) => " " + NearestName.Advice(name, known, $"Options: {string.Join(", ", known)}.");
}
