using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;
using Ensemble.Load.Traffic;

namespace Ensemble.Load;

/// <summary>The verb <c>run</c>: starts the parts, measures cell after cell of one side after the other, writes the report.</summary>
internal sealed class BenchmarkRun(RunOptions options, CancellationToken cancel) : IDisposable
{
    private readonly Watchdog _watchdog = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble-load-").FullName;
    private readonly List<SideResult> _latency = [];
    private readonly List<SideResult> _throughput = [];
    private readonly List<SideResult> _stream = [];

    public async Task<int> ExecuteAsync()
    {
        _watchdog.Watch(_folder);
        await using var stub = await StartAsync(LaunchPlan.Stub());
        var catalog = await ProductFiles.WriteCatalogAsync(_folder, stub.Address, cancel);
        var baseline = options.Against is { } before ? Build(options.Sides[0], ProductFiles.Existing(before)) with { Name = "baseline" } : LaunchPlan.Baseline(stub.Address);
        LaunchPlan[] sides = options.SelfCheck ? [baseline with { Name = "baseline again" }] : [.. options.Sides.Select(side => Build(side, Assembly(side)))];

        await MeasureTrafficAsync(stub, baseline, sides);
        var measured = new Measurements { Latency = _latency, Throughput = _throughput, Stream = _stream, Memory = await MeasureMemoryAsync([baseline, .. sides]) };
        return await ReportAsync(measured);

        LaunchPlan Build(ProductSide side, string assembly) => LaunchPlan.Product(side, assembly, _folder, catalog, options.ProductArguments);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _watchdog.Dispose();
    }

    private string Assembly(ProductSide side) => side.IsNode ? ProductFiles.Silo(options.Silo) : ProductFiles.Product(options.Product);

    private Task<ChildProcess> StartAsync(LaunchPlan plan) => ChildProcess.StartAsync(plan, _folder, cancel, _watchdog);

    /// <summary>Only the side that is measured runs beside the baseline: an idle node of a cluster takes some of the processor too.</summary>
    private async Task MeasureTrafficAsync(ChildProcess stub, LaunchPlan baselinePlan, LaunchPlan[] sides)
    {
        if (options.Parts is ["memory"])
        {
            return;
        }

        using var probe = new StubProbe(stub);
        await using var baselineProcess = await StartAsync(baselinePlan);
        using var baseline = new LoadGenerator(baselineProcess);
        await WarmUpAsync(baseline);
        foreach (var plan in sides)
        {
            await using var process = await StartAsync(plan);
            using var side = new LoadGenerator(process);
            await WarmUpAsync(side);
            await MeasureCellsAsync(plan.Name, new CellRunner(baseline, side, probe, options.Rounds));
        }
    }

    private async Task MeasureCellsAsync(string side, CellRunner cells)
    {
        await CellsAsync("latency", _latency, options.Panels.SelectMany(panel => ((int[])[1, 16, 64]).Select(callers =>
            new LoadShape(panel, 50, callers, Streamed: false, Slot(callers == 1 ? 1.2 : 0.8)))));
        await CellsAsync("throughput", _throughput, options.Panels.SelectMany(panel => ((int[])[1, 64]).Select(callers =>
            new LoadShape(panel, 0, callers, Streamed: false, Slot(1)))));
        await CellsAsync("stream", _stream, options.Panels.Select(panel =>
            new LoadShape(panel, 50, Callers: 16, Streamed: true, Slot(0.8))));

        async Task CellsAsync(string part, List<SideResult> results, IEnumerable<LoadShape> shapes)
        {
            foreach (var shape in options.Parts.Contains(part) ? shapes : [])
            {
                var result = await cells.RunAsync(shape, cancel);
                results.Add(new SideResult(side, result));
                await SayAsync($"{side}, {part}: N = {shape.Panel}, {shape.Callers} callers: {(result.Failure is null ? "done" : "FAILED: " + result.Failure)}");
            }
        }
    }

    /// <summary>So that the runtime has compiled what is hot for good.</summary>
    private async Task WarmUpAsync(LoadGenerator side)
    {
        foreach (var streamed in (bool[])[false, true])
        {
            var load = await side.RunAsync(new LoadShape(3, 0, 16, streamed, TimeSpan.FromSeconds(options.WarmUp)), cancel);
            if (load.Errors > 0)
            {
                throw new LoadException($"{side.Name}, warm-up: {load.FirstError}");
            }
        }

        await SayAsync($"{side.Name}: warmed up");
    }

    private async Task<IReadOnlyList<SideMemory>> MeasureMemoryAsync(IReadOnlyList<LaunchPlan> plans)
    {
        if (!options.Parts.Contains("memory"))
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
        var collectors = options.SelfCheck ? [] : options.Sides.Select(Assembly).Distinct().Select(assembly => (Path.GetFileName(assembly), LaunchPlan.DescribeRuntime(assembly)));
        var report = Report.Write(options, await MachineFacts.ReadAsync(product: null, cancel), [.. collectors], measured, Aims.Judge(measured));
        await Console.Out.WriteLineAsync(report);

        var file = options.Out ?? (options.SelfCheck || options.Against is not null
            ? null
            : Path.Combine(ProductFiles.Repository(), "bench/results", $"load-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md"));
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, report, cancel);
            await SayAsync($"written to {file}");
        }

        if (options.SelfCheck)
        {
            var passes = SelfCheck.Passes(measured);
            await SayAsync(passes ? "self-check passed: two equal sides came out equal" : $"self-check FAILED: {SelfCheck.Rule} Let the machine rest, and try again.");
            return passes ? 0 : 1;
        }

        return measured.Failed.Any() ? 1 : 0;
    }

    private TimeSpan Slot(double share) => TimeSpan.FromSeconds(options.Slot * share);

    private static Task SayAsync(string what) => Console.Error.WriteLineAsync(what);
}
