namespace Ensemble.Catalog.Secrets;

/// <summary>Resolves every symbolic link of a path, those of its folders too.</summary>
internal static class RealPath
{
    /// <summary>As Linux allows in one path.</summary>
    private const int MaxLinks = 40;

    /// <param name="path">An absolute path; its end need not exist.</param>
    /// <returns>Null where links lead round in a circle.</returns>
    public static string? Of(string path)
    {
        var at = Path.GetPathRoot(path)!;
        var steps = new Stack<string>();
        Push(steps, path[at.Length..]);
        var links = 0;
        while (steps.TryPop(out var step))
        {
            if (step == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            var next = Path.Combine(at, step);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            var root = Path.GetPathRoot(target) ?? "";
            at = root.Length > 0 ? root : at;
            Push(steps, target[root.Length..]);
        }

        return at;
    }

    private static void Push(Stack<string> steps, string path)
    {
        foreach (var step in path.Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
            .Reverse())
        {
            if (step != ".")
            {
                steps.Push(step);
            }
        }
    }
}
