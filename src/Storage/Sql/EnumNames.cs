using System.Collections.Frozen;

namespace Ensemble.Storage.Sql;

/// <summary>Stores values of an enum as their names in snake case, as manifests do, so that members may be reordered.</summary>
internal static class EnumNames<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Names =
        Enum.GetValues<T>().ToFrozenDictionary(static value => value, static value => SnakeCase.Of(value));

    private static readonly FrozenDictionary<string, T> Values =
        Names.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T value) => Names[value];

    /// <returns>Null for a name that a newer version wrote.</returns>
    public static T? Find(string name) => Values.TryGetValue(name, out var value) ? value : null;
}
