using System.Globalization;

namespace Ensemble.Load.Processes;

/// <summary>A server that forks, and its children.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor time of a process, of its children, and of those children that have ended.</summary>
    public static TimeSpan ProcessorTime(int root)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && TryRead(folder) is { } fields)
            {
                ticks += id == root ? Sum(fields[11..15]) : fields[1] == root.ToString(CultureInfo.InvariantCulture) ? Sum(fields[11..13]) : 0;
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>What follows the program's name, which may hold blanks: state, parent, …; null where the process has ended.</summary>
    private static string[]? TryRead(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Sum(string[] numbers) => numbers.Sum(number => long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture));
}
