using Ensemble.Load.Cluster;
using Ensemble.Load.Ledger;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Proxies;
using Ensemble.Load.Reports;
using Ensemble.Load.Soak;
using Ensemble.Load.Traffic;
using Ensemble.Testing;

namespace Ensemble.Load;

/// <summary>
/// The verbs <c>run</c>, <c>aims</c> and <c>soak</c>: starts the parts, measures one side after the other, writes the report.
/// </summary>
internal sealed class BenchmarkRun(RunOptions options, CancellationToken cancel) : IDisposable
{
    private readonly Watchdog _watchdog = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble-load-").FullName;
    private readonly List<SideResult> _latency = [];
    private readonly List<SideResult> _throughput = [];
    private readonly List<SideResult> _stream = [];
    private readonly List<SideResult> _direct = [];
    private readonly List<SideResult> _load = [];
    private readonly List<TrafficFigures> _calls = [];
    private readonly List<SoakResult> _soaks = [];
    private readonly List<string> _skipped = [];
    private readonly List<string> _failures = [];
    private IReadOnlyList<SideMemory> _memory = [];
    private IReadOnlyList<PacedFigures> _ledger = [];
    private TierFigures? _tiers;

    public async Task<int> ExecuteAsync()
    {
        _watchdog.Watch(_folder);
        await using var stub = await StartAsync(LaunchPlan.Stub());
        var catalog = await ProductFiles.WriteCatalogAsync(_folder, stub.Address, cancel);
        var baseline = options.Against is { } before
            ? Build(options.Sides[0], ProductFiles.Existing(before)) with { Name = "baseline" }
            : LaunchPlan.Baseline(stub.Address);
        LaunchPlan[] sides = options.SelfCheck
            ? [baseline with { Name = "baseline again" }]
            : [.. options.Sides.Select(side => Build(side, ProductFiles.Silo(options.Silo)))];

        if (!options.Parts.All(part => part is RunOptions.Memory or RunOptions.Tiers or RunOptions.Ledger))
        {
            var other = options.Before is { } build ? Build(ProductSide.Before, ProductFiles.Existing(build)) : null;
            await MeasureTrafficAsync(stub, baseline, sides, other);
        }

        await TryAsync(RunOptions.Memory, async () => _memory = await MeasureMemoryAsync([baseline, .. sides]));
        await TryAsync(RunOptions.Tiers, async () => _tiers = await MeasureTiersAsync());
        await TryAsync(RunOptions.Ledger, async () => _ledger = await MeasureLedgerAsync());
        var measured = new Measurements
        {
            Latency = _latency,
            Throughput = _throughput,
            Stream = _stream,
            Memory = _memory,
            Direct = _direct,
            LoadCost = _load,
            Calls = _calls,
            Tiers = _tiers,
            Ledger = _ledger,
            Soaks = _soaks,
            Skipped = _skipped,
            Failures = _failures,
        };
        return await ReportAsync(measured);

        LaunchPlan Build(ProductSide side, string assembly) =>
            LaunchPlan.Product(side, assembly, _folder, catalog, options.ProductArguments);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _watchdog.Dispose();
    }

    private Task<ChildProcess> StartAsync(LaunchPlan plan) => ChildProcess.StartAsync(plan, _folder, cancel, _watchdog);

    /// <summary>One side after the other runs beside the baseline: an idle node of a cluster takes some of the processor too.</summary>
    private async Task MeasureTrafficAsync(ChildProcess stub, LaunchPlan baselinePlan, LaunchPlan[] sides, LaunchPlan? before)
    {
        using var probe = new StubProbe(stub);
        await using var baselineProcess = await StartAsync(baselinePlan);
        using var baseline = Load(baselineProcess);
        await WarmUpAsync(baseline);
        await using var yarpProcess = options.Parts.Contains(RunOptions.Direct) ? await StartAsync(LaunchPlan.Yarp(stub.Address)) : null;
        using var yarp = yarpProcess is null ? null : Load(yarpProcess);
        if (yarp is not null)
        {
            await WarmUpAsync(yarp, Direct(TimeSpan.FromSeconds(options.WarmUp / 2)));
            await TryAsync(PortkeyGateway.Name, () => MeasurePortkeyAsync(stub, yarp, probe));
        }

        foreach (var plan in sides)
        {
            await TryAsync(plan.Name, () => MeasureSideAsync(plan, stub, baseline, yarp, probe));
        }

        if (before is not null)
        {
            await TryAsync(before.Name, () => MeasureBeforeAsync(before, baseline, probe));
        }
        else if (options.Report == "aims")
        {
            _skipped.Add("A build of another commit, which the product is held against: --before names one");
        }

        if (options.Parts.Contains(RunOptions.LoadCost))
        {
            using var http = new LoadGenerator(baselineProcess, LoadClient.Http);
            using var raw = new LoadGenerator(baselineProcess);
            var cells = new CellRunner(raw, http, probe, options.Rounds);
            await CellAsync(RunOptions.LoadCost, "HTTP client", _load, cells, new LoadShape(3, 0, 64, Streamed: false, Slot(1)));
        }
    }

    private async Task MeasureSideAsync(LaunchPlan plan, ChildProcess stub, LoadGenerator baseline, LoadGenerator? yarp, StubProbe probe)
    {
        await using var process = await StartAsync(plan);
        using var side = Load(process);
        await WarmUpAsync(side);
        await MeasureCellsAsync(plan.Name, new CellRunner(baseline, side, probe, options.Rounds));
        if (yarp is not null)
        {
            await MeasureDirectAsync(yarp, side, probe);
        }

        await MeasureCallsAsync(stub, process, probe);
        if (options.Parts.Contains(RunOptions.Soak) && (plan.Meter is not null || options.Report == RunOptions.Soak))
        {
            _soaks.Add(await new SoakMeter(baseline, process, TimeSpan.FromMinutes(options.Minutes), cancel).MeasureAsync());
        }
    }

    /// <summary>Only what the product is held against.</summary>
    private async Task MeasureBeforeAsync(LaunchPlan plan, LoadGenerator baseline, StubProbe probe)
    {
        await using var process = await StartAsync(plan);
        using var side = Load(process);
        await WarmUpAsync(side);
        var cells = new CellRunner(baseline, side, probe, options.Rounds);
        await CellAsync(RunOptions.Throughput, plan.Name, _throughput, cells, new LoadShape(3, 0, 64, Streamed: false, Slot(1)));
    }

    /// <summary>What fails is told in the report, beside all else that was measured.</summary>
    private async Task TryAsync(string what, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (LoadException problem)
        {
            _failures.Add($"{what}: {problem.Message}");
            await SayAsync($"{what}: FAILED: {problem.Message}");
        }
    }

    private async Task MeasurePortkeyAsync(ChildProcess stub, LoadGenerator yarp, StubProbe probe)
    {
        var (script, missing) = await PortkeyGateway.FindAsync(cancel);
        if (script is null)
        {
            _skipped.Add($"{PortkeyGateway.Name}: {missing}");
            return;
        }

        await using var process = await StartAsync(LaunchPlan.Portkey(script, stub.Address));
        using var portkey = Load(process);
        await MeasureDirectAsync(yarp, portkey, probe);
    }

    private async Task MeasureDirectAsync(LoadGenerator yarp, LoadGenerator side, StubProbe probe)
    {
        await WarmUpAsync(side, Direct(TimeSpan.FromSeconds(options.WarmUp / 2)));
        await CellAsync(RunOptions.Direct, side.Name, _direct, new CellRunner(yarp, side, probe, options.Rounds), Direct(Slot(1)));
    }

    private async Task MeasureCallsAsync(ChildProcess stub, ChildProcess process, StubProbe probe)
    {
        if (options.Parts.Contains(RunOptions.Calls) && process.Plan.Meter is { } socket)
        {
            using var side = new Side(process.Name, process, [new Node(process, socket)], stub);
            var meter = new TrafficMeter(probe, Slot(3), cancel);
            _calls.Add(await meter.MeasureAsync(side, streamed: false));
            _calls.Add(await meter.MeasureAsync(side, streamed: true));
            await SayAsync($"{process.Name}, {RunOptions.Calls}: done");
        }
    }

    private async Task MeasureCellsAsync(string side, CellRunner cells)
    {
        await CellsAsync(RunOptions.Latency, _latency, options.Panels.SelectMany(panel => ((int[])[1, 16, 64]).Select(callers =>
            new LoadShape(panel, 50, callers, Streamed: false, Slot(callers == 1 ? 1.2 : 0.8)))));
        await CellsAsync(RunOptions.Throughput, _throughput, options.Panels.SelectMany(panel => ((int[])[1, 64]).Select(callers =>
            new LoadShape(panel, 0, callers, Streamed: false, Slot(1)))));
        await CellsAsync(RunOptions.Stream, _stream, options.Panels.Select(panel =>
            new LoadShape(panel, 50, Callers: 16, Streamed: true, Slot(0.8))));

        async Task CellsAsync(string part, List<SideResult> results, IEnumerable<LoadShape> shapes)
        {
            foreach (var shape in options.Parts.Contains(part) ? shapes : [])
            {
                await CellAsync(part, side, results, cells, shape);
            }
        }
    }

    private async Task CellAsync(string part, string side, List<SideResult> results, CellRunner cells, LoadShape shape)
    {
        var result = await cells.RunAsync(shape, cancel);
        results.Add(new SideResult(side, result));
        var what = shape.Panel == 0 ? "a single model" : $"N = {shape.Panel}";
        var end = result.Failure is null ? "done" : $"FAILED: {result.Failure}";
        await SayAsync($"{side}, {part}: {what}, {shape.Callers} callers: {end}");
    }

    /// <summary>So that the runtime has compiled what is hot for good.</summary>
    private async Task WarmUpAsync(LoadGenerator side)
    {
        foreach (var streamed in (bool[])[false, true])
        {
            await WarmUpAsync(side, new LoadShape(3, 0, 16, streamed, TimeSpan.FromSeconds(options.WarmUp)));
        }

        await SayAsync($"{side.Name}: warmed up");
    }

    private async Task WarmUpAsync(LoadGenerator side, LoadShape shape)
    {
        var load = await side.RunAsync(shape, cancel);
        if (load.Errors > 0)
        {
            throw new LoadException($"{side.Name}, warm-up: {load.FirstError}");
        }
    }

    private async Task<TierFigures?> MeasureTiersAsync()
    {
        if (!options.Parts.Contains(RunOptions.Tiers))
        {
            return null;
        }

        if (PostgresPrograms.Missing is { } missing)
        {
            _skipped.Add($"Two silos and two frontends: {missing.TrimEnd('.')}");
            return null;
        }

        var meter = new TierMeter(ProductFiles.Silo(options.Silo), options.Rounds, Slot(2), TimeSpan.FromSeconds(options.WarmUp), cancel);
        var figures = await meter.MeasureAsync();
        await SayAsync($"two silos and two frontends, {RunOptions.Tiers}: done");
        return figures;
    }

    private async Task<IReadOnlyList<PacedFigures>> MeasureLedgerAsync()
    {
        if (!options.Parts.Contains(RunOptions.Ledger))
        {
            return [];
        }

        var cells = await new LedgerRun(options.Ledgers, cancel).PaceAsync(_folder, _watchdog);
        await SayAsync($"{RunOptions.Ledger}: done");
        return cells;
    }

    private async Task<IReadOnlyList<SideMemory>> MeasureMemoryAsync(IReadOnlyList<LaunchPlan> plans)
    {
        if (!options.Parts.Contains(RunOptions.Memory))
        {
            return [];
        }

        var meter = new MemoryMeter(_folder, cancel);
        var starts = plans.Select(_ => new List<MemoryFigure>()).ToArray();
        for (var i = 0; i < (options.Quick ? 1 : 3); i++)
        {
            foreach (var (plan, figures) in plans.Zip(starts))
            {
                figures.Add(await meter.MeasureAsync(plan));
            }

            await SayAsync($"memory: {i + 1} done");
        }

        return [.. plans.Zip(starts, (plan, figures) => new SideMemory(plan.Name, figures))];
    }

    private async Task<int> ReportAsync(Measurements measured)
    {
        string[] assemblies = options.SelfCheck ? [] : [ProductFiles.Silo(options.Silo)];
        assemblies = options.Before is { } before ? [.. assemblies, before] : assemblies;
        var aims = options is { SelfCheck: false, Against: null } ? Aims.Judge(measured) : [];
        var report = Report.Write(options, await MachineFacts.ReadAsync(product: null, cancel), assemblies, measured, aims);
        await Console.Out.WriteLineAsync(report);

        var file = options.Out ?? (options.SelfCheck || options.Against is not null
            ? null
            : ProductFiles.Result(options.Report));
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, report, cancel);
            await SayAsync($"written to {file}");
        }

        if (options.SelfCheck)
        {
            var passes = SelfCheck.Passes(measured);
            await SayAsync(passes
                ? "self-check passed: two equal sides came out equal"
                : $"self-check FAILED: {SelfCheck.Rule} Let the machine rest, and try again.");
            return passes ? 0 : 1;
        }

        return measured.Failed.Any() || measured.Failures.Count > 0 || measured.Soaks.Any(soak => soak.Failure is not null) ? 1 : 0;
    }

    private static LoadShape Direct(TimeSpan measured) => new(Panel: 0, Latency: 0, Callers: 16, Streamed: false, measured);

    private LoadGenerator Load(ChildProcess process) => new(process, options.Client);

    private TimeSpan Slot(double share) => TimeSpan.FromSeconds(options.Slot * share);

    private static Task SayAsync(string what) => Console.Error.WriteLineAsync(what);
}
