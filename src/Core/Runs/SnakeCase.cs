using System.Collections.Concurrent;
using System.Text.Json;

namespace Ensemble.Runs;

/// <summary>The names of enum values as they stand in manifests.</summary>
public static class SnakeCase
{
    private static readonly ConcurrentDictionary<Enum, string> Names = new();

    public static string Of(Enum value) => Names.GetOrAdd(value, static name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString()));
}
