using System.Globalization;

namespace Ensemble.Load.Processes;

/// <summary>What a process holds for itself alone.</summary>
internal static class ProcessMemory
{
    /// <summary>Private pages that were written to, in KiB: code and files that are mapped do not count.</summary>
    public static long PrivateKibibytes(int process)
    {
        foreach (var line in File.ReadLines($"/proc/{process}/smaps_rollup"))
        {
            if (line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
            {
                var text = line.AsSpan("Private_Dirty:".Length).Trim();
                return long.Parse(text[..text.IndexOf(' ')], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        throw new LoadException($"/proc/{process}/smaps_rollup names no private memory.");
    }
}
