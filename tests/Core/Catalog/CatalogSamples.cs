using System.Text;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Ensemble.Testing;

namespace Ensemble.Catalog.Tests;

/// <summary>Catalogs as text, each a valid base with one thing changed.</summary>
internal static class CatalogSamples
{
    public const string Valid = """
        {
          // Comments and trailing commas are allowed.
          "models": [
            { "display_name": "a", "provider": "openai", "model": "a-1", "api_key": "env:KEY_A", "family": "one" },
            { "display_name": "b", "provider": "simulated", "family": "two" },
            { "display_name": "vectors", "provider": "openai", "model": "v-1", "kind": "embedding", "api_key": "env:KEY_A" },
            { "display_name": "duo", "ensemble": { "panel": [ { "model": "a" }, { "model": "b" } ], "judge": { "model": "a" } } },
          ],
          "keys": [ { "name": "ci", "key": "sk-0123456789abcdef" } ],
        }
        """;

    public static string WithModel(string fields) => $$"""{ "models": [ { "display_name": "a", "provider": "openai", "model": "m", "api_key": "env:KEY_A", {{fields}} } ] }""";

    /// <summary>In a price of 1 for input and 2 for output.</summary>
    public static string WithPrice(string fields) => WithModel($$"""
        "price": { "input_per_million": 1, "output_per_million": 2, {{fields}} }
        """);

    public static string WithSimulated(string fields) => $$"""{ "models": [ { "display_name": "a", "provider": "simulated", "simulated": { {{fields}} } } ] }""";

    public static string WithEnsemble(string fields) => $$"""
        { "models": [ { "display_name": "a", "provider": "simulated" }, { "display_name": "b", "provider": "simulated" },
          { "display_name": "duo", "ensemble": { "panel": [ { "model": "a" }, { "model": "b" } ], "judge": { "model": "a" }, {{fields}} } } ] }
        """;

    public static string WithBlock(string panel, string judge) => $$"""
        { "models": [ { "display_name": "alpha", "provider": "simulated" }, { "display_name": "vec", "provider": "simulated", "kind": "embedding" },
          { "display_name": "duo", "ensemble": { "panel": {{panel}}, "judge": {{judge}} } } ] }
        """;

    /// <summary>An ensemble of nothing but these fields, over chat models s, m, l, j and an embedding model vec, all with a price but m.</summary>
    public static string WithStrategy(string fields) => $$"""
        { "models": [
          { "display_name": "s", "provider": "simulated", "price": { "input_per_million": 1, "output_per_million": 2 } },
          { "display_name": "m", "provider": "simulated" },
          { "display_name": "l", "provider": "simulated", "price": { "input_per_million": 5, "output_per_million": 10 } },
          { "display_name": "j", "provider": "simulated", "price": { "input_per_million": 5, "output_per_million": 10 } },
          { "display_name": "vec", "provider": "simulated", "kind": "embedding", "price": { "input_per_million": 1, "output_per_million": 0 } },
          { "display_name": "e", "ensemble": { {{fields}} } } ] }
        """;

    /// <summary>A panel of s and l.</summary>
    public const string Panel = "\"panel\": [ { \"model\": \"s\" }, { \"model\": \"l\" } ]";

    public const string Judge = "\"judge\": { \"model\": \"j\" }";

    public static string WithKeys(string keys) => $$"""{ "models": [ { "display_name": "a", "provider": "simulated" } ], "keys": [ {{keys}} ] }""";

    public static CatalogReadResult Read(string json, SecretResolver? secrets = null) =>
        CatalogReader.Read(Encoding.UTF8.GetBytes(json), revision: 7, secrets);

    public static SecretResolver Secrets(params (string Name, string Value)[] variables) =>
        new(new ManualTimeProvider(), name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
