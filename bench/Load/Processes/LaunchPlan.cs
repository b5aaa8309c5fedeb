using System.Text.Json;
using Ensemble.Load.Metering;
using Ensemble.Load.Proxies;

namespace Ensemble.Load.Processes;

/// <summary>How one part is started: arguments of its program, given the address to listen on.</summary>
internal sealed record LaunchPlan(string Name, Func<Uri, IReadOnlyList<string>> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string Program { get; init; } = "dotnet";

    /// <summary>What answers with 200 when it is ready.</summary>
    public string ReadyPath { get; init; } = Names.ReadyPath;

    /// <summary>What goes before the program on the command line.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>What callers have to send besides the usual headers.</summary>
    public IReadOnlyDictionary<string, string> RequestHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of the socket at which it tells what Orleans has counted; null = it counts nothing.</summary>
    public string? Meter { get; init; }

    /// <summary>Where its metrics are served; null = nowhere that the benchmark knows.</summary>
    public Uri? Metrics { get; init; }

    public const string SiloName = "silo";

    public static LaunchPlan Stub() => new("stub", address => [Self, "stub", "--urls", Text(address)]);

    public static LaunchPlan Baseline(Uri stub) => InFrontOf(stub, "baseline", "baseline");

    public static LaunchPlan Yarp(Uri stub) => InFrontOf(stub, YarpProxy.Name, "yarp");

    /// <param name="script">Of its package.</param>
    public static LaunchPlan Portkey(string script, Uri stub) =>
        new(PortkeyGateway.Name, address => [script, "--headless", $"--port={address.Port}"])
        {
            Program = "node",
            ReadyPath = "/",
            Environment = new Dictionary<string, string> { ["NODE_ENV"] = "production" },
            RequestHeaders = new Dictionary<string, string>
            {
                ["x-portkey-provider"] = "openai",
                ["x-portkey-custom-host"] = new Uri(stub, "/v1").ToString(),
            },
        };

    /// <summary>A node of role <c>all</c> with storage in memory.</summary>
    public static LaunchPlan Product(string assembly, string catalog, IReadOnlyList<string> extra) =>
        new("product", address =>
        [
            assembly, "--urls", Text(address), "--Catalog:File", catalog, .. extra,
        ])
        {
            // What is measured needs no file.
            Environment = new Dictionary<string, string> { ["Storage__Provider"] = "memory" },
        };

    /// <param name="assembly">Of a node; of <see cref="ProductSide.Before"/> perhaps of a gateway that has no roles.</param>
    /// <param name="folder">For its database and its meter's socket. Each start has a new, empty database.</param>
    public static LaunchPlan Product(ProductSide side, string assembly, string folder, string catalog, IReadOnlyList<string> extra)
    {
        var metrics = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}");
        var isNode = Path.GetFileName(assembly) == ProductFiles.NodeFile;
        var meter = isNode ? Path.Combine(folder, $"meter-{metrics.Port}") : null;
        return new(side.Name, address =>
        [
            assembly, "--urls", Text(address), "--Catalog:File", catalog, "--Management:Url", Text(metrics),
            "--Storage:Provider", side.Storage,
            .. side.Storage == ProductSide.Sqlite ? (string[])["--Storage:ConnectionString", Database(address)] : [],
            .. isNode ? (string[])["--role", "all", .. SiloPorts()] : [],
            .. extra,
        ])
        {
            Environment = meter is null ? new Dictionary<string, string>() : Metered(meter),
            Meter = meter,
            Metrics = metrics,
        };

        string Database(Uri address) => $"Data Source={Path.Combine(folder, $"{side.Name}-{address.Port}.db")}";
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

    // With the garbage collector that a project of the web SDK gets when it says nothing.
    private static LaunchPlan InFrontOf(Uri stub, string name, string verb) =>
        new(name, address => [Self, verb, "--urls", Text(address), "--stub", Text(stub)])
        {
            Environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = "1" },
        };

    private static string[] SiloPorts() =>
        ["--Cluster:SiloPort", $"{ChildProcess.FreePort()}", "--Cluster:GatewayPort", $"{ChildProcess.FreePort()}"];

    private static Dictionary<string, string> Node(string connection, string meter) =>
        new(Metered(meter)) { ["Cluster__ConnectionString"] = connection };

    // What a pod says of itself would hold for all nodes here.
    private static Dictionary<string, string> Metered(string meter) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = Self,
        [MeterEndpoint.Variable] = meter,
        ["POD_IP"] = "",
        ["POD_NAME"] = "",
    };

    private static string Self => typeof(LaunchPlan).Assembly.Location;

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
