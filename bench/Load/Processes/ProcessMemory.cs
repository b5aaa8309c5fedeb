using System.Globalization;

namespace Ensemble.Load.Processes;

/// <summary>Memory of a process, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Private pages that were written to, in KiB: code and files that are mapped do not count.</summary>
    public static long PrivateKibibytes(int process) => Kibibytes($"/proc/{process}/smaps_rollup", "Private_Dirty:");

    /// <summary>All its pages that are in memory, in bytes: what a limit of memory is held against.</summary>
    public static long ResidentBytes(int process) => 1024 * Kibibytes($"/proc/{process}/status", "VmRSS:");

    /// <summary>The most that it ever had of the same, in bytes.</summary>
    public static long PeakBytes(int process) => 1024 * Kibibytes($"/proc/{process}/status", "VmHWM:");

    private static long Kibibytes(string file, string name)
    {
        foreach (var line in File.ReadLines(file))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                var text = line.AsSpan(name.Length).Trim();
                return long.Parse(text[..text.IndexOf(' ')], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        throw new LoadException($"{file} has no {name.TrimEnd(':')}.");
    }
}
