using System.Globalization;
using System.Reflection;

namespace Ensemble.Storage.Sql;

/// <summary>One step of the tables' history. Steps that were published are never edited.</summary>
/// <param name="Number">From 1, without gaps.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <returns>All steps, in order.</returns>
    public static IReadOnlyList<Migration> For(SqlDialect dialect)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = dialect.Name + "/";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, Path.GetFileNameWithoutExtension(name)))];
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
