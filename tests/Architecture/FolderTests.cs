using System.Reflection;
using ArchUnitNET.Loader;

namespace Ensemble.Architecture.Tests;

/// <summary>The folders of a project, which are its namespaces, use each other in one direction.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Projects { get; } =
    [
        "Ensemble.Core", "Ensemble.Catalog", "Ensemble.Providers", "Ensemble.Engine", "Ensemble.Evaluation", "Ensemble.Storage",
        "Ensemble.Grains", "Ensemble.Frontend", "ensemble-silo",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project) =>
        Circles(UsesOfFolders(Assembly.Load(project))).ShouldBeEmpty();

    /// <returns>For each folder the folders that it uses, and one use of each.</returns>
    private static Dictionary<string, Dictionary<string, string>> UsesOfFolders(Assembly assembly)
    {
        var uses = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var type in new ArchLoader().LoadAssembly(assembly).Build().Types)
        {
            var folder = FolderOf(type.FullName);
            foreach (var target in type.Dependencies.Select(dependency => dependency.Target))
            {
                var used = FolderOf(target.FullName);
                if (IsOurs(folder) && IsOurs(used) && used != folder && target.Assembly?.FullName == type.Assembly?.FullName)
                {
                    uses.TryAdd(folder, new(StringComparer.Ordinal));
                    uses[folder].TryAdd(used, $"{type.FullName} → {target.FullName}");
                }
            }
        }

        return uses;

        // Types in types, those of the compiler too, have no namespace of their own.
        static string FolderOf(string type)
        {
            var outer = type.Split('+', '/', '<', '`')[0];
            return outer.LastIndexOf('.') is > 0 and var end ? outer[..end] : "";
        }

        static bool IsOurs(string name) => name.StartsWith("Ensemble", StringComparison.Ordinal);
    }

    /// <returns>The uses that lie on a circle.</returns>
    private static List<string> Circles(Dictionary<string, Dictionary<string, string>> uses)
    {
        return [.. uses.SelectMany(from => from.Value.Where(to => Reaches(to.Key, from.Key)).Select(to => to.Value)).Order(StringComparer.Ordinal)];

        bool Reaches(string start, string end)
        {
            var (seen, next) = (new HashSet<string>(StringComparer.Ordinal) { start }, new Stack<string>([start]));
            while (next.TryPop(out var folder))
            {
                if (folder == end)
                {
                    return true;
                }

                foreach (var used in uses.TryGetValue(folder, out var targets) ? targets.Keys : Enumerable.Empty<string>())
                {
                    if (seen.Add(used))
                    {
                        next.Push(used);
                    }
                }
            }

            return false;
        }
    }
}
