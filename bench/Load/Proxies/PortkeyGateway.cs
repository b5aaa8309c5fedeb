using System.ComponentModel;
using System.Diagnostics;

namespace Ensemble.Load.Proxies;

/// <summary>Portkey's gateway, a proxy of model providers for Node, from npm.</summary>
internal static class PortkeyGateway
{
    public const string Name = "Portkey";

    private const string Package = "@portkey-ai/gateway@1.15.2";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    /// <summary>Brings the package into npm's cache, as npx does.</summary>
    /// <returns>Its program, or why there is none.</returns>
    public static async Task<(string? Script, string? Missing)> FindAsync(CancellationToken cancel)
    {
        const string Find = "readlink -f \"$(command -v gateway)\"";
        var start = new ProcessStartInfo("npm", ["exec", "--yes", "--ignore-scripts", $"--package={Package}", "-c", Find])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        try
        {
            using var npm = Process.Start(start)!;
            var errors = npm.StandardError.ReadToEndAsync(cancel);
            var output = npm.StandardOutput.ReadToEndAsync(cancel);
            try
            {
                await npm.WaitForExitAsync(cancel).WaitAsync(Within, TimeProvider.System, cancel);
            }
            catch (TimeoutException)
            {
                npm.Kill(entireProcessTree: true);
                return (null, $"npm did not get {Package} within {Within.TotalMinutes} minutes");
            }

            var script = (await output).Trim();
            return npm.ExitCode == 0 && File.Exists(script)
                ? (script, null)
                : (null, $"npm could not get {Package}: {(await errors).Trim().Split('\n')[0]}");
        }
        catch (Win32Exception)
        {
            return (null, "npm is not on the PATH");
        }
    }
}
