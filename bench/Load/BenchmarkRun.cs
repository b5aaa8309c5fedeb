using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;
using Ensemble.Load.Traffic;

namespace Ensemble.Load;

/// <summary>The verb <c>run</c>: starts the parts, measures cell after cell, writes the report.</summary>
internal sealed class BenchmarkRun(RunOptions options, CancellationToken cancel)
{
    private readonly int[] _panels = options.Quick ? [3] : [3, 5, 8];
    private readonly double _brief = options.Quick ? 0.5 : 1;

    public async Task<int> ExecuteAsync()
    {
        var product = options.SelfCheck ? null : ProductFiles.Product(options.Product);
        var against = options.Against is null ? null : ProductFiles.Product(options.Against);
        var folder = Directory.CreateTempSubdirectory("ensemble-load-").FullName;
        try
        {
            await using var stub = await ChildProcess.StartAsync(LaunchPlan.Stub(), folder, cancel);
            var catalog = await ProductFiles.WriteCatalogAsync(folder, stub.Address, cancel);
            var baseline = against is null ? LaunchPlan.Baseline(stub.Address) : Build(against) with { Name = "baseline" };
            var other = product is null ? baseline : Build(product);

            var measured = await MeasureTrafficAsync(stub, baseline, other, folder);
            if (options.Parts.Contains("memory"))
            {
                measured = await MeasureMemoryAsync(measured, baseline, other, folder);
            }

            return await ReportAsync(measured, product);

            LaunchPlan Build(string assembly) => LaunchPlan.Product(assembly, catalog, options.ProductArguments);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Measurements> MeasureTrafficAsync(ChildProcess stub, LaunchPlan baselinePlan, LaunchPlan productPlan, string folder)
    {
        await using var baselineProcess = await ChildProcess.StartAsync(baselinePlan, folder, cancel);
        await using var productProcess = await ChildProcess.StartAsync(productPlan, folder, cancel);
        using var baseline = new LoadGenerator(baselineProcess);
        using var product = new LoadGenerator(productProcess);
        using var probe = new StubProbe(stub);
        await WarmUpAsync(baseline, product);

        var cells = new CellRunner(baseline, product, probe, options.Rounds);
        return new Measurements
        {
            Latency = await CellsAsync("latency", cells, _panels.SelectMany(panel => ((int[])[1, 16, 64]).Select(callers =>
                new LoadShape(panel, 50, callers, Streamed: false, Measured: Seconds(_brief * (callers == 1 ? 1.2 : 0.8)))))),
            Throughput = await CellsAsync("throughput", cells, _panels.SelectMany(panel => ((int[])[1, 64]).Select(callers =>
                new LoadShape(panel, 0, callers, Streamed: false, Measured: Seconds(_brief * (callers == 1 ? 0.4 : 1)))))),
            Stream = await CellsAsync("stream", cells, _panels.Select(panel =>
                new LoadShape(panel, 50, Callers: 16, Streamed: true, Measured: Seconds(_brief * 0.8)))),
        };
    }

    /// <summary>
    /// Long enough for the runtime to have compiled what is hot for good, on both sides; with <see cref="RunOptions.Quick"/> it is not. After 15 s of load the product's compiler threads still
    /// took a sixth of its processor time, after 45 s next to nothing.
    /// </summary>
    private async Task WarmUpAsync(LoadGenerator baseline, LoadGenerator product)
    {
        foreach (var streamed in (bool[])[false, true])
        {
            foreach (var side in (LoadGenerator[])[baseline, product])
            {
                var load = await side.RunAsync(new LoadShape(3, 0, 16, streamed, Seconds(options.Quick ? 1.5 : 20)), cancel);
                if (load.Errors > 0)
                {
                    throw new LoadException($"{(side == baseline ? "baseline" : "product")}, warm-up: {load.FirstError}");
                }
            }
        }
    }

    private async Task<IReadOnlyList<CellResult>> CellsAsync(string part, CellRunner runner, IEnumerable<LoadShape> shapes)
    {
        var results = new List<CellResult>();
        if (options.Parts.Contains(part))
        {
            foreach (var shape in shapes)
            {
                var result = await runner.RunAsync(shape, cancel);
                results.Add(result);
                await Console.Error.WriteLineAsync(
                    $"{part}: N = {shape.Panel}, {shape.Callers} callers: {(result.Failure is null ? "done" : "FAILED: " + result.Failure)}");
            }
        }

        return results;
    }

    private async Task<Measurements> MeasureMemoryAsync(Measurements measured, LaunchPlan baseline, LaunchPlan product, string folder)
    {
        var meter = new MemoryMeter(folder, cancel);
        var (ofBaseline, ofProduct) = (new List<MemoryFigure>(), new List<MemoryFigure>());
        for (var i = 0; i < (options.Quick ? 1 : 3); i++)
        {
            ofBaseline.Add(await meter.MeasureAsync(baseline));
            ofProduct.Add(await meter.MeasureAsync(product));
            await Console.Error.WriteLineAsync($"memory: {i + 1} done");
        }

        return measured with { BaselineMemory = ofBaseline, ProductMemory = ofProduct };
    }

    private async Task<int> ReportAsync(Measurements measured, string? product)
    {
        var aims = Aims.Judge(measured);
        var report = Report.Write(options, await MachineFacts.ReadAsync(product, cancel), measured, aims);
        await Console.Out.WriteLineAsync(report);

        var file = options.Out ?? (options.SelfCheck || options.Against is not null
            ? null
            : Path.Combine(ProductFiles.Repository(), "bench/results", $"load-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md"));
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, report, cancel);
            await Console.Error.WriteLineAsync($"Written to {file}");
        }

        if (options.SelfCheck)
        {
            var passes = SelfCheck.Passes(measured);
            await Console.Error.WriteLineAsync(passes
                ? "Self-check passed: two equal sides came out equal."
                : $"Self-check FAILED: {SelfCheck.Rule} Let the machine rest, and try again.");
            return passes ? 0 : 1;
        }

        return measured.Failed.Any() ? 1 : 0;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
