using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Secrets;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Options;

/// <summary>What an operator can set besides the catalog. Each is plain .NET configuration.</summary>
public sealed record FrontendOptions : IValidatableObject
{
    /// <summary>Fewest characters of the admin key.</summary>
    internal const int MinAdminKey = 16;

    /// <summary>Most characters of the admin key.</summary>
    internal const int MaxAdminKey = 512;

    /// <summary>The catalog to serve; null = the one of the store.</summary>
    [ConfigurationKeyName("Catalog:File")]
    public string? CatalogFile { get; init; }

    /// <summary>The database. Default: SQLite in <c>data/ensemble.db</c>.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>Opens the admin endpoints; null = they answer on this machine only.</summary>
    [ConfigurationKeyName("Admin:Key")]
    [RegularExpression(
        "[!-~]{16,512}",
        ErrorMessage = "must have from 16 to 512 printable ASCII characters, without blanks. 'openssl rand -base64 32' makes one.")]
    public string? AdminKey
    {
        get;
        init
        {
            field = value;
            if (value is not null)
            {
                AdminKeySha256 = SHA256.HashData(Encoding.UTF8.GetBytes(value));
            }
        }
    }

    /// <summary>SHA-256 of the UTF-8 bytes of <see cref="AdminKey"/>.</summary>
    public ReadOnlyMemory<byte>? AdminKeySha256 { get; init; }

    /// <summary>32 bytes, as base64 or as hexadecimal digits, that seal secrets which are given in clear; null = none is taken.</summary>
    [ConfigurationKeyName("Security:MasterKey")]
    public string? MasterKey
    {
        get;
        init
        {
            field = value;
            if (value is not null && SecretSealer.TryCreate(value, out var sealer))
            {
                Sealer = sealer;
            }
        }
    }

    /// <summary>Seals with <see cref="MasterKey"/>.</summary>
    public SecretSealer? Sealer { get; init; }

    /// <summary>The one folder whose files a stored catalog may refer to, absolute; null = none.</summary>
    [ConfigurationKeyName("Security:SecretDirectory")]
    public string? SecretDirectory { get; init => field = value is null ? null : Path.GetFullPath(value); }

    /// <summary>Private networks whose addresses may be called as providers, separated by commas. Default none.</summary>
    [ConfigurationKeyName("Security:AllowedNetworks")]
    public string Networks { get; init; } = "";

    /// <summary>The entries of <see cref="Networks"/>.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks => NetworkList.Read(Networks);

    /// <summary>Whether providers are called through the proxy of the environment. Default false.</summary>
    [ConfigurationKeyName("Security:UseProxy")]
    public bool UseProxy { get; init; }

    /// <summary>Largest request body, in bytes. Default 8 MiB.</summary>
    [ConfigurationKeyName("Limits:MaxBodyBytes"), Range(1024, 256 * 1024 * 1024)]
    public long MaxBodyBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Runs in flight at most; one more is answered 503. Default 1,024.</summary>
    [ConfigurationKeyName("Limits:MaxRuns"), Range(1, 100_000)]
    public int MaxRuns { get; init; } = 1024;

    /// <summary>
    /// What bodies, journals and kept answers take at most, in bytes; a request beyond it is answered 503. Default a quarter of the memory
    /// that the process may take.
    /// </summary>
    [ConfigurationKeyName("Limits:MaxBufferedBytes"), Range(1024d * 1024, 1L << 50)]
    public long MaxBufferedBytes { get; init; } = ByteBudget.DefaultLimit;

    /// <summary>How long a request's body may take to come in, in seconds. Default 30.</summary>
    [ConfigurationKeyName("Limits:BodySeconds"), Range(1, 3600)]
    public int BodySeconds { get; init; } = 30;

    public TimeSpan BodyDeadline => TimeSpan.FromSeconds(BodySeconds);

    /// <summary>Connections of callers at most; one more is closed. Default what <see cref="ConnectionLimit"/> says.</summary>
    [ConfigurationKeyName("Limits:MaxConnections"), Range(1, 1_000_000)]
    public long MaxConnections { get; init; } = ConnectionLimit.Default;

    /// <summary>How long a stop waits for runs in flight, in seconds. Default 430: longer than the longest answer.</summary>
    [ConfigurationKeyName("Limits:DrainSeconds"), Range(0, 3600)]
    public int DrainSeconds { get; init; } = 430;

    public TimeSpan Drain => TimeSpan.FromSeconds(DrainSeconds);

    /// <summary>Whether each sub-call is written to standard output as a line of JSON. Default false.</summary>
    [ConfigurationKeyName("Usage:Log")]
    public bool LogsUsage { get; init; }

    /// <summary>
    /// Whether an answer waits until its accounts are in the database. Default <see cref="UsageDurability.Batched"/>: it does not.
    /// </summary>
    [ConfigurationKeyName("Usage:Durability")]
    public UsageDurability Durability { get; init; } = UsageDurability.Batched;

    /// <summary>
    /// Whether requests and panel answers of ended runs are kept, sealed, for replays. Default false; needs <see cref="MasterKey"/>.
    /// </summary>
    [ConfigurationKeyName("Replay:StoreAnswers")]
    public bool StoresAnswers { get; init; }

    /// <summary>How long those are kept, in hours. Default 24.</summary>
    [ConfigurationKeyName("Replay:RetentionHours"), Range(1, 8760)]
    public int ReplayHours { get; init; } = 24;

    public TimeSpan ReplayRetention => TimeSpan.FromHours(ReplayHours);

    /// <summary>Origins of web pages that may call <c>/v1</c>, separated by commas; <c>*</c> = every one. Default none.</summary>
    [ConfigurationKeyName("Cors:AllowedOrigins")]
    public string Origins { get; init; } = "";

    /// <summary>The entries of <see cref="Origins"/>.</summary>
    public IReadOnlyList<string> AllowedOrigins => OriginList.Read(Origins);

    /// <summary>
    /// Whether manifests contain answers, findings of audits and plans, and the content of runs is stored. Default false.
    /// </summary>
    [ConfigurationKeyName("Telemetry:CaptureContent")]
    public bool CapturesContent { get; init; }

    /// <summary>Where metrics and traces are sent. Default nowhere.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Where <c>/metrics</c> is, or <c>none</c>. Default <c>http://127.0.0.1:9464</c> where that is free.</summary>
    [ConfigurationKeyName(ManagementOptions.Option)]
    public string? ManagementUrl { get; init; }

    public ManagementOptions Management => ManagementOptions.Of(ManagementUrl);

    /// <summary>What attributes cannot say. No message repeats a key.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var (networks, origins) = (new List<string>(), new List<string>());
        NetworkList.Read(Networks, networks);
        OriginList.Read(Origins, origins);
        (string Option, string? Problem)[] problems =
        [
            (nameof(MasterKey), MasterKey is null || Sealer is not null ? null
                : "must be 32 bytes, as base64 or as 64 hexadecimal digits. 'openssl rand -base64 32' makes one; keep it, for nothing else "
                + "opens what it sealed."),
            (nameof(StoresAnswers), !StoresAnswers || MasterKey is not null ? null
                : "answers are kept encrypted, and there is no key for that. Give one as Security:MasterKey ('openssl rand -base64 32' "
                + "makes it), or leave this option out."),
            (nameof(SecretDirectory), SecretDirectory is null || Directory.Exists(SecretDirectory) ? null
                : $"there is no folder '{SecretDirectory}'. Give one that this process can read."),
            (nameof(ManagementUrl), Management.Url is not { } url || ListenAddresses.IsAddress(url, "http") ? null
                : $"'{url}' is not an address to listen on. Give http://HOST:PORT, with a port from 0 to 65535, or none. The default is "
                + $"{ManagementOptions.DefaultUrl}."),
            .. networks.Select(static problem => (nameof(Networks), problem)),
            .. origins.Select(static problem => (nameof(Origins), problem)),
        ];
        return problems.Where(static found => found.Problem is not null)
            .Select(static found => new ValidationResult(found.Problem, [found.Option]));
    }

    // What a record prints ends up in logs.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(nameof(Storage)).Append(" = ").Append(Storage);
        return true;
    }
}
