using System.Diagnostics;

namespace Ensemble.Testing;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has all it wrote.</exception>
    public static async Task<string> RunAsync(string folder, params string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // PostgreSQL's tools speak the language of the environment, and complain where it is not installed.
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}:\n{await output}{await errors}");
    }
}
