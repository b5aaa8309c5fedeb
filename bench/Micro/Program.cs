using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Ensemble.Micro;

/// <summary>Runs one suite, and keeps its table in <c>bench/results/SUITE-DATE.md</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var (suite, type) = args.FirstOrDefault() switch
        {
            "gate" => ("gate", typeof(GateBenchmarks)),
            "answers" => ("answers", typeof(AnswerBenchmarks)),
            _ => ("", null),
        };
        if (type is null)
        {
            await Console.Error.WriteLineAsync("Name a suite: gate or answers. Options of BenchmarkDotNet may follow, for example --job dry.");
            return 2;
        }

        // In this process: BenchmarkDotNet's own builds would take the rules of this repository, where warnings are errors.
        var config = DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(15).AsDefault())
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"ensemble-bench-{suite}"));
        var summary = BenchmarkRunner.Run(type, config, args[1..]);
        if (summary.Reports.IsEmpty || summary.Reports.Any(static report => !report.Success))
        {
            return 1;
        }

        var table = Directory.GetFiles(summary.ResultsDirectoryPath, $"*{type.Name}-report-github.md").Single();
        var date = TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var result = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "results", $"{suite}-{date}.md"));
        var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        await File.WriteAllTextAsync(
            result,
            $"# {suite}, {date}\n\nVersion {version}, by `dev bench {string.Join(' ', args)}`.\n{await File.ReadAllTextAsync(table)}");
        await Console.Out.WriteLineAsync($"Written to {result}");
        return 0;
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
