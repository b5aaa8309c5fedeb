using System.Text.Json;
using Ensemble.Load.Metering;

namespace Ensemble.Load.Processes;

/// <summary>How one part is started: arguments of <c>dotnet</c>, given the address to listen on.</summary>
internal sealed record LaunchPlan(string Name, Func<Uri, IReadOnlyList<string>> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What goes before <c>dotnet</c> on the command line.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>What callers have to send besides the usual headers.</summary>
    public IReadOnlyDictionary<string, string> RequestHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of the socket at which it tells what Orleans has counted; null = it counts nothing.</summary>
    public string? Meter { get; init; }

    /// <summary>Where its metrics are served; null = nowhere that the benchmark knows.</summary>
    public Uri? Metrics { get; init; }

    public const string SiloName = "silo";

    public static LaunchPlan Stub() => new("stub", address => [Self, "stub", "--urls", Text(address)]);

    /// <summary>With the garbage collector that a project of the web SDK gets when it says nothing.</summary>
    public static LaunchPlan Baseline(Uri stub) =>
        new("baseline", address => [Self, "baseline", "--urls", Text(address), "--stub", Text(stub)])
        {
            Environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = "1" },
        };

    public static LaunchPlan Product(string assembly, string catalog, IReadOnlyList<string> extra) =>
        new("product", address =>
        [
            assembly, "--urls", Text(address), "--Catalog:File", catalog, .. extra,
        ])
        {
            // What is measured needs no file.
            Environment = new Dictionary<string, string> { ["Storage__Provider"] = "memory" },
        };

    /// <param name="assembly">Of the gateway, or of a cluster's node where <paramref name="side"/> is one of role <c>all</c>.</param>
    /// <param name="folder">For its database and its meter's socket. Each start has a new, empty database.</param>
    public static LaunchPlan Product(ProductSide side, string assembly, string folder, string catalog, IReadOnlyList<string> extra)
    {
        var metrics = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}");
        var meter = side.IsNode ? Path.Combine(folder, $"meter-{metrics.Port}") : null;
        return new(side.Name, address =>
        [
            assembly, "--urls", Text(address), "--Catalog:File", catalog, "--Management:Url", Text(metrics),
            .. side.Storage == ProductSide.Sqlite
                ? (string[])["--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={Path.Combine(folder, $"{side.Name}-{address.Port}.db")}"]
                : ["--Storage:Provider", side.Storage],
            .. side.IsNode ? (string[])["--role", "all", .. SiloPorts()] : [],
            .. extra,
        ])
        {
            Environment = meter is null ? new Dictionary<string, string>() : Metered(meter),
            Meter = meter,
            Metrics = metrics,
        };
    }

    /// <param name="meter">Path of the socket at which it tells what Orleans has counted.</param>
    public static LaunchPlan Silo(string assembly, string connection, string meter) =>
        new(SiloName, address =>
        [
            assembly, "--urls", Text(address), "--role", "silo", .. SiloPorts(),
        ])
        {
            Environment = Node(connection, meter),
        };

    /// <param name="answers">How streamed answers come to it: <c>stream</c> or <c>pull</c>.</param>
    /// <param name="meter">Path of the socket at which it tells what Orleans has counted.</param>
    public static LaunchPlan Frontend(string assembly, string connection, string answers, string meter) =>
        new("frontend", address => [assembly, "--urls", Text(address), "--role", "frontend", "--Cluster:Answers", answers])
        {
            Environment = Node(connection, meter),
        };

    /// <summary>The garbage collector's settings that a build wrote beside an assembly.</summary>
    public static string DescribeRuntime(string assembly)
    {
        var file = Path.ChangeExtension(assembly, ".runtimeconfig.json");
        if (!File.Exists(file))
        {
            return "unknown";
        }

        using var config = JsonDocument.Parse(File.ReadAllBytes(file));
        return config.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)
            ? string.Join(", ", properties.EnumerateObject().Where(property => property.Name.StartsWith("System.GC.", StringComparison.Ordinal)))
            : "none";
    }

    private static string[] SiloPorts() => ["--Cluster:SiloPort", $"{ChildProcess.FreePort()}", "--Cluster:GatewayPort", $"{ChildProcess.FreePort()}"];

    private static Dictionary<string, string> Node(string connection, string meter) => new(Metered(meter)) { ["Cluster__ConnectionString"] = connection };

    // What a pod says of itself would hold for all nodes here.
    private static Dictionary<string, string> Metered(string meter) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = Self,
        [MeterDoor.Variable] = meter,
        ["POD_IP"] = "",
        ["POD_NAME"] = "",
    };

    private static string Self => typeof(LaunchPlan).Assembly.Location;

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
