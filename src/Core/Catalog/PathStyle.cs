using System.Buffers;

namespace Ensemble.Catalog;

/// <summary>How an operating system writes paths, as far as references to files of secrets need it.</summary>
/// <param name="isWindows">Whether folders are separated by either slash, drives come first, and case does not matter.</param>
internal sealed class PathStyle(bool isWindows)
{
    /// <summary>Names that Windows takes for devices, in every folder and with every ending.</summary>
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"];

    private static readonly SearchValues<char> NoName = SearchValues.Create(":*?\"<>|");

    private readonly char[] _separators = isWindows ? ['\\', '/'] : ['/'];

    public static PathStyle Current { get; } = new(OperatingSystem.IsWindows());

    /// <summary>An absolute path as messages show it, escaped as JSON wants it.</summary>
    public string Example => isWindows ? @"C:\\folder\\name" : "/absolute/path";

    /// <summary>
    /// Whether a text is an absolute path of a file. On Windows from a drive on: a share would send this machine's credentials to another
    /// one, and devices and streams of files are no files.
    /// </summary>
    public bool IsUsable(string path)
    {
        if (path.Any(char.IsControl))
        {
            return false;
        }

        return isWindows
            ? path is [>= 'A' and <= 'Z' or >= 'a' and <= 'z', ':', '\\' or '/', _, ..]
                && path.AsSpan(2).IndexOfAny(NoName) < 0
                && Array.TrueForAll(path[3..].Split(_separators), IsUsableStep)
            : path.StartsWith('/');
    }

    /// <summary>
    /// Whether a path lies in a folder, by its text. A step back is refused even where it stays inside: after a link it leads elsewhere.
    /// </summary>
    public bool IsBelow(string folder, string path)
    {
        var (outer, inner) = (Steps(folder), Steps(path));
        return inner.Length > outer.Length
            && outer.AsSpan().SequenceEqual(
                inner.AsSpan(0, outer.Length), isWindows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
            && !inner.Any(step => step is "." or "..");
    }

    private string[] Steps(string path) => path.Split(_separators, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsUsableStep(string step)
    {
        // Windows drops blanks and dots at the end of a name.
        if (step.Length > 0 && step is not ("." or "..") && step[^1] is '.' or ' ')
        {
            return false;
        }

        var name = step.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return !Array.Exists(Devices, device => device == name)
            && !(name.Length == 4 && name[..3] is "COM" or "LPT" && !char.IsAsciiLetter(name[3]));
    }
}
