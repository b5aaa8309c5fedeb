using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Ensemble.Load.Cluster;
using Ensemble.Load.Processes;
using Ensemble.Testing;

namespace Ensemble.Load.Failures;

/// <summary>Three silos, two frontends, a database, a stub and callers, for one case. Disposing leaves nothing of them.</summary>
internal sealed class FailureCluster : IAsyncDisposable
{
    private const int SiloCount = 3;
    private const int FrontendCount = 2;
    private const string Name = "failures";

    // With it finished answers outlive their silo.
    private static readonly string MasterKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(60);

    private readonly Watchdog _watchdog = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble-load-").FullName;
    private readonly List<ChildProcess> _all = [];
    private readonly List<Task> _long = [];
    private readonly List<TcpRelay> _doorways = [];
    private readonly string _assembly;
    private readonly FailureCase _case;
    private readonly CancellationToken _cancel;
    private FrontendRotation _frontends = null!;
    private NetworkRoom? _room;
    private string _connection = "";

    private FailureCluster(string assembly, FailureCase happens, CancellationToken cancel)
    {
        (_assembly, _case, _cancel) = (assembly, happens, cancel);
        _watchdog.Watch(_folder);
    }

    public Database Database { get; private set; } = null!;

    public RecordingStub Stub { get; private set; } = null!;

    public SteadyLoad Load { get; private set; } = null!;

    /// <summary>Those that are not replaced.</summary>
    public List<ChildProcess> Silos { get; } = [];

    public List<ChildProcess> Frontends { get; } = [];

    /// <summary>Between frontends and each silo.</summary>
    public List<TcpRelay> Links { get; } = [];

    /// <summary>Requests with long answers, by their numbers.</summary>
    public List<int> LongAnswers { get; } = [];

    /// <summary>What the case has to say for itself.</summary>
    public List<string> Notes { get; } = [];

    public ChildProcess? Victim { get; private set; }

    /// <summary>When it happened, in ticks of the monotonic clock.</summary>
    public long StruckAt { get; private set; }

    /// <summary>All nodes that ever ran.</summary>
    public IReadOnlyList<ChildProcess> Nodes => _all;

    public static async Task<FailureCluster> StartAsync(string assembly, FailureCase happens, CancellationToken cancel)
    {
        var cluster = new FailureCluster(assembly, happens, cancel);
        try
        {
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says that it happens now.</summary>
    public void Strike(ChildProcess? victim) => (Victim, StruckAt) = (victim, Stopwatch.GetTimestamp());

    /// <returns>The silo that keeps a model's gate now, by what silos have logged.</returns>
    public ChildProcess FindHolder(string model) => NodeLogs.FindHolder(Silos, $"modelcall/{model}")
        ?? throw new LoadException($"No silo has logged that it keeps the gate of {model}.");

    /// <returns>The silo with most runs in flight.</returns>
    public async Task<ChildProcess> FindBusiestAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var found = default(ChildProcess);
        for (var most = 0; found is null;)
        {
            foreach (var silo in Silos)
            {
                var status = await http.GetFromJsonAsync<JsonElement>(new Uri(silo.Address, Names.ReadyPath), cancel);
                var runs = (status.TryGetProperty("runs", out var both) ? both.GetProperty("in_flight") : status.GetProperty("runs_in_flight")).GetInt32();
                (most, found) = runs > most ? (runs, silo) : (most, found);
            }
        }

        return found;
    }

    public void ListenLong(ChildProcess frontend, int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            var (number, ended) = Load.AskAside(frontend, Cast.Endless);
            LongAnswers.Add(number);
            _long.Add(ended);
        }
    }

    /// <summary>Starts another cluster of two silos and a frontend on the same database; callers do not know it yet.</summary>
    public async Task<ChildProcess> StartSecondAsync()
    {
        string[] other = ["--Cluster:ClusterId", "second"];
        for (var i = 0; i < 2; i++)
        {
            await StartNodeAsync(LaunchPlan.SiloName, ["--role", "silo", .. Ports(ChildProcess.FreePort()), .. NodeLogs.Arguments, .. other]);
        }

        return await StartNodeAsync("frontend", ["--role", "frontend", .. other]);
    }

    /// <summary>Callers ask it, too.</summary>
    public void Open(ChildProcess frontend) => _frontends.Add(frontend);

    public string DescribeMemory() => "most memory of a node that it had, code and files included: " + string.Join(
        ", ", _all.Select(node => node.HasExited ? $"{node.Name} has ended" : $"{node.Name} {ProcessMemory.PeakBytes(node.Id) >> 20} MiB"));

    public async Task ReplaceSiloAsync(ChildProcess silo)
    {
        await StopAsync(silo);
        Silos.Remove(silo);
        await AddSiloAsync();
    }

    public async Task ReplaceFrontendAsync(ChildProcess frontend)
    {
        await StopAsync(frontend);
        _frontends.Remove(frontend);
        Frontends.Remove(frontend);
        await AddFrontendAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Load is not null)
        {
            await Load.DisposeAsync();
            await Task.WhenAll(_long);
        }

        _frontends?.Dispose();
        foreach (var node in Enumerable.Reverse(_all))
        {
            await node.DisposeAsync();
        }

        foreach (var relay in Links.Concat(_doorways))
        {
            await relay.DisposeAsync();
        }

        if (_room is not null)
        {
            await _room.DisposeAsync();
        }

        if (Stub is not null)
        {
            await Stub.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        _watchdog.Dispose();
    }

    private async Task StartAsync()
    {
        Database = await Database.StartAsync(_watchdog);
        _connection = await Database.CreateAsync(Name);
        await Command.RunAsync(_folder, "dotnet", _assembly, "schema", "--Cluster:ConnectionString", _connection);
        Stub = await RecordingStub.StartAsync(_cancel);
        _frontends = new FrontendRotation();
        _room = _case.HasRelays ? await NetworkRoom.OpenAsync(_watchdog, _cancel) : null;
        for (var i = 0; i < SiloCount; i++)
        {
            if (_case.IsOfRoleAll)
            {
                await AddNodeAsync();
                continue;
            }

            var gateway = await AddSiloAsync();
            if (_room is { } room)
            {
                Links.Add(new TcpRelay(room.CreateSocket, CreateSocket, gateway));
            }
        }

        for (var i = 0; i < FrontendCount && !_case.IsOfRoleAll; i++)
        {
            await AddFrontendAsync();
        }

        await CatalogSender.SendAsync(Cast.Catalog(Stub.Address), Frontends, _cancel, last: Cast.Ensemble);
        Load = new SteadyLoad(_frontends, _cancel);
    }

    private static Socket CreateSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task<int> AddSiloAsync()
    {
        var gateway = ChildProcess.FreePort();
        Silos.Add(await StartNodeAsync(LaunchPlan.SiloName, ["--role", "silo", .. Ports(gateway), .. NodeLogs.Arguments]));
        return gateway;
    }

    private async Task AddNodeAsync()
    {
        var node = await StartNodeAsync("node", ["--role", "all", "--Management:Url", "none", .. Ports(ChildProcess.FreePort()), .. NodeLogs.Arguments]);
        Silos.Add(node);
        Frontends.Add(node);
        _frontends.Add(node);
    }

    private static string[] Ports(int gateway) => ["--Cluster:SiloPort", $"{ChildProcess.FreePort()}", "--Cluster:GatewayPort", $"{gateway}"];

    private async Task AddFrontendAsync()
    {
        var frontend = await StartNodeAsync("frontend", ["--role", "frontend"], _room);
        Frontends.Add(frontend);
        _frontends.Add(frontend);
    }

    private async Task<ChildProcess> StartNodeAsync(string name, string[] arguments, NetworkRoom? room = null)
    {
        // What a pod says of itself would hold for all nodes here.
        var environment = new Dictionary<string, string>
        {
            ["Cluster__ConnectionString"] = _connection,
            ["Security__MasterKey"] = MasterKey,
            ["POD_IP"] = "",
            ["POD_NAME"] = "",
        };
        if (_case.HeapLimit is { } limit)
        {
            environment["DOTNET_GCHeapHardLimit"] = $"0x{limit:X}";
        }

        var plan = new LaunchPlan(name, Arguments) { Environment = environment, Prefix = room?.Prefix ?? [] };
        var node = await ChildProcess.StartAsync(plan, _folder, _cancel, _watchdog);
        _all.Add(node);
        return node;

        IReadOnlyList<string> Arguments(Uri address)
        {
            if (room is not null)
            {
                // Its callers, and whoever waits for it to be ready, are outside.
                _doorways.Add(new TcpRelay(CreateSocket, room.CreateSocket, address.Port));
            }

            return [_assembly, "--urls", address.GetLeftPart(UriPartial.Authority), .. arguments];
        }
    }

    private async Task StopAsync(ChildProcess node)
    {
        node.Send(Signal.Terminate);
        try
        {
            await node.WaitForExitAsync(_cancel).WaitAsync(StopWithin, TimeProvider.System, _cancel);
        }
        catch (TimeoutException)
        {
            throw new LoadException($"The {node.Name} did not end within {StopWithin.TotalSeconds} s of SIGTERM.");
        }
    }
}
