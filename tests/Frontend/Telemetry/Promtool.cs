using System.Diagnostics;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary>Prometheus' own judge of what it is given to read, where it is installed.</summary>
internal static class Promtool
{
    private const string Name = "promtool";

    public static bool IsThere => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, Name)));

    /// <returns>What it has to say; nothing where all is well.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(string text)
    {
        var start = new ProcessStartInfo(Name, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Now.Cancel);
        var output = process.StandardOutput.ReadToEndAsync(Now.Cancel);
        await process.StandardInput.WriteAsync(text.AsMemory(), Now.Cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Now.Cancel);
        return (await errors + await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
