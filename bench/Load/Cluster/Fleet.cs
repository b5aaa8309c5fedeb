using Ensemble.Load.Processes;
using Ensemble.Testing;

namespace Ensemble.Load.Cluster;

/// <summary>All processes that are measured. Disposing ends them, the last one first.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string OneNode = "one node";
    public const string OneSilo = "one silo";
    public const string TwoSilos = "two silos";
    public const string TwoSilosPull = "two silos, pull";

    private readonly Watchdog _watchdog = new();
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<Side> _sides = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble-load-").FullName;
    private readonly CancellationToken _cancel;
    private Database _database = null!;
    private int _nodes;

    private Fleet(CancellationToken cancel)
    {
        _cancel = cancel;
        _watchdog.Watch(_folder);
    }

    public ChildProcess Stub { get; private set; } = null!;

    public Side this[string name] => _sides.First(side => side.Name == name);

    public IReadOnlyList<Side> Sides => _sides;

    /// <param name="assembly">Of the nodes.</param>
    /// <param name="hasOneNode">Whether a node of role <c>all</c> and a cluster of one silo are started beside two silos.</param>
    public static async Task<Fleet> StartAsync(string assembly, bool hasOneNode, CancellationToken cancel)
    {
        var fleet = new Fleet(cancel);
        try
        {
            await fleet.StartAsync(assembly, hasOneNode);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sides.ForEach(side => side.Dispose());
        while (_started.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        _watchdog.Dispose();
    }

    private async Task StartAsync(string assembly, bool hasOneNode)
    {
        _database = await Database.StartAsync(_watchdog);
        _started.Push(_database);
        Stub = await StartAsync(LaunchPlan.Stub());
        var catalog = await ProductFiles.WriteCatalogAsync(_folder, Stub.Address, _cancel);
        if (hasOneNode)
        {
            Add(OneNode, await StartAsync(LaunchPlan.Product(assembly, catalog, [])), []);
            await AddClusterAsync(assembly, "one", silos: 1, (OneSilo, "stream"));
        }

        await AddClusterAsync(assembly, "two", silos: 2, (TwoSilos, "stream"), (TwoSilosPull, "pull"));
    }

    private async Task AddClusterAsync(string assembly, string database, int silos, params (string Name, string Answers)[] frontends)
    {
        var connection = await _database.CreateAsync(database);
        await Command.RunAsync(_folder, "dotnet", assembly, "schema", "--Cluster:ConnectionString", connection);
        var nodes = new List<Node>();
        for (var number = 0; number < silos; number++)
        {
            nodes.Add(await StartNodeAsync(meter => LaunchPlan.Silo(assembly, connection, meter)));
        }

        foreach (var (_, answers) in frontends)
        {
            nodes.Add(await StartNodeAsync(meter => LaunchPlan.Frontend(assembly, connection, answers, meter)));
        }

        var frontendProcesses = nodes.Skip(silos).Select(node => node.Process).ToList();
        await CatalogSender.SendAsync(ProductFiles.Catalog(Stub.Address), frontendProcesses, _cancel);
        foreach (var ((name, _), frontendProcess) in frontends.Zip(frontendProcesses))
        {
            Add(name, frontendProcess, nodes);
        }
    }

    private async Task<Node> StartNodeAsync(Func<string, LaunchPlan> plan)
    {
        var meter = Path.Combine(_folder, $"meter-{++_nodes}");
        return new Node(await StartAsync(plan(meter)), meter);
    }

    private async Task<ChildProcess> StartAsync(LaunchPlan plan)
    {
        var process = await ChildProcess.StartAsync(plan, _folder, _cancel, _watchdog);
        _started.Push(process);
        return process;
    }

    private void Add(string name, ChildProcess frontendProcess, IReadOnlyList<Node> nodes) =>
        _sides.Add(new Side(name, frontendProcess, nodes, Stub, _database));
}
