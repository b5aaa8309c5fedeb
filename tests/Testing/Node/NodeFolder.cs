using System.Diagnostics;
using System.Text;

namespace Ensemble.Testing;

/// <summary>The scripts of <c>tests/Node</c> and what is installed for them.</summary>
internal static class NodeFolder
{
    private static readonly string Folder = Repository.PathOf(Path.Combine("tests", "Node"));

    /// <summary>Why a script that needs <paramref name="package"/> cannot be run here; empty where it can.</summary>
    public static string Missing(string package) =>
        FindNode() is null ? "There is no Node on the PATH: install it with npm (https://nodejs.org)."
        : !Directory.Exists(Path.Combine([Folder, "node_modules", .. package.Split('/')])) ? $"{package} is not installed: run 'npm ci' in tests/Node."
        : "";

    /// <summary>Starts a script with its standard streams redirected.</summary>
    public static Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(FindNode() ?? "node")
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(script);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A proxy of this machine's must not stand between the client and a server on it.
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        return Process.Start(start)!;
    }

    private static string? FindNode()
    {
        var name = OperatingSystem.IsWindows() ? "node.exe" : "node";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
