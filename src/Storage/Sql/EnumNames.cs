using System.Collections.Frozen;
using Ensemble.Runs;

namespace Ensemble.Storage.Sql;

/// <summary>How values of an enum are stored: by name, as manifests have them, so that their order may change.</summary>
internal static class EnumNames<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Names =
        Enum.GetValues<T>().ToFrozenDictionary(static value => value, static value => SnakeCase.Of(value));

    private static readonly FrozenDictionary<string, T> Values =
        Names.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T value) => Names[value];

    /// <returns>Null for a word that a newer version wrote.</returns>
    public static T? Find(string word) => Values.TryGetValue(word, out var value) ? value : null;
}
