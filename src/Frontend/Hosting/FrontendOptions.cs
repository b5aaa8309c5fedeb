using System.Net;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Management;
using Ensemble.Frontend.Telemetry;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Hosting;

/// <summary>What an operator can set besides the catalog. Each is plain .NET configuration.</summary>
public sealed record FrontendOptions
{
    /// <summary><c>Catalog:File</c>: the catalog to serve; null = the one of the store.</summary>
    public string? CatalogFile { get; init; }

    /// <summary>
    /// <c>Storage:Provider</c> and <c>Storage:ConnectionString</c>: the database. Default: SQLite in <c>data/ensemble.db</c>.
    /// </summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary><c>Limits:MaxBodyBytes</c>: largest request body, in bytes. Default 8 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary><c>Limits:MaxRuns</c>: runs in flight at most; one more is answered 503. Default 1,024.</summary>
    public int MaxRuns { get; init; } = 1024;

    /// <summary>
    /// <c>Limits:MaxBufferedBytes</c>: what bodies, journals and kept answers take at most, in bytes; a request beyond it is answered
    /// 503. Default a quarter of
    /// the memory that the process may take.
    /// </summary>
    public long MaxBufferedBytes { get; init; } = ByteBudget.DefaultLimit;

    /// <summary><c>Limits:BodySeconds</c>: how long a request's body may take to come in. Default 30.</summary>
    public TimeSpan BodyDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>Limits:MaxConnections</c>: connections of callers at most; one more is closed. Default what <see cref="ConnectionLimit"/>
    /// says.
    /// </summary>
    public long MaxConnections { get; init; } = ConnectionLimit.Default;

    /// <summary>
    /// <c>Limits:DrainSeconds</c>: how long a stop waits for runs in flight. Default 430: longer than the longest answer.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(430);

    /// <summary><c>Usage:Log</c>: whether each sub-call is written to standard output as a line of JSON. Default false.</summary>
    public bool LogsUsage { get; init; }

    /// <summary>
    /// <c>Usage:Durability</c>: whether an answer waits until its accounts are in the database. Default
    /// <see cref="UsageDurability.Batched"/>: it does not.
    /// </summary>
    public UsageDurability Durability { get; init; } = UsageDurability.Batched;

    /// <summary><c>Security:AllowedNetworks</c>: private networks whose addresses may be called as providers. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary><c>Security:UseProxy</c>: whether providers are called through the proxy of the environment. Default false.</summary>
    public bool UseProxy { get; init; }

    /// <summary><c>Telemetry:CaptureContent</c>: whether manifests hold what candidates, audits and plans say. Default false.</summary>
    public bool CapturesContent { get; init; }

    /// <summary><c>Telemetry:OtlpEndpoint</c> and its neighbours: where metrics and traces are sent. Default nowhere.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary><c>Management:Url</c>: where <c>/metrics</c> is. Default <c>http://127.0.0.1:9464</c> where that is free.</summary>
    public ManagementOptions Management { get; init; } = ManagementOptions.Default;

    /// <summary>
    /// <c>Admin:Key</c>: what opens the admin endpoints, as SHA-256 of its UTF-8 bytes; null = they answer on this machine only.
    /// </summary>
    public ReadOnlyMemory<byte>? AdminKeySha256 { get; init; }

    /// <summary><c>Cors:AllowedOrigins</c>: origins of web pages that may call <c>/v1</c>; <c>*</c> = every one. Default none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary><c>Security:MasterKey</c>: seals secrets that are given in clear; null = none is taken.</summary>
    public SecretSealer? Sealer { get; init; }

    /// <summary>
    /// <c>Replay:StoreAnswers</c>: whether requests and panel answers of ended runs are kept, sealed, for replays. Default false; needs
    /// <see cref="Sealer"/>.
    /// </summary>
    public bool StoresAnswers { get; init; }

    /// <summary><c>Replay:RetentionHours</c>: how long those are kept. Default 24 hours.</summary>
    public TimeSpan ReplayRetention { get; init; } = TimeSpan.FromHours(24);

    /// <summary><c>Security:SecretDirectory</c>: the one folder whose files a stored catalog may refer to, absolute; null = none.</summary>
    public string? SecretDirectory { get; init; }
}
