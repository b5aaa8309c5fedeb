using System.Diagnostics;
using System.Runtime.InteropServices;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Reports;

/// <summary>Where and of what the figures were taken.</summary>
internal sealed record MachineFacts(string Processor, int Cores, double MemoryGibibytes, string System, string Runtime, string Commit, string ProductGc)
{
    public static async Task<MachineFacts> ReadAsync(string? product, CancellationToken cancel)
    {
        var processor = (await File.ReadAllLinesAsync("/proc/cpuinfo", cancel)).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var changed = await GitAsync(cancel, "status", "--porcelain", "--untracked-files=no");
        return new MachineFacts(
            processor?[(processor.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            await GitAsync(cancel, "rev-parse", "--short=12", "HEAD") + (changed.Length == 0 ? "" : " with changes that are not committed"),
            product is null ? "the baseline's" : LaunchPlan.DescribeRuntime(product));
    }

    /// <summary>Empty where git has nothing to say.</summary>
    private static async Task<string> GitAsync(CancellationToken cancel, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", ProductFiles.Repository(), .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start)!;
        var text = await git.StandardOutput.ReadToEndAsync(cancel);
        await git.WaitForExitAsync(cancel);
        return text.Trim();
    }
}
