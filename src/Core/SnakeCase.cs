using System.Collections.Frozen;
using System.Text.Json;

namespace Ensemble;

/// <summary>The names of enum values as they stand in manifests.</summary>
public static class SnakeCase
{
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.Known.TryGetValue(value, out var name) ? name : Convert(value);

    private static string Convert<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Known = Enum.GetValues<T>().ToFrozenDictionary(static value => value, Convert);
    }
}
