using System.Text;

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

    public static string WithSimulated(string fields) => $$"""{ "models": [ { "display_name": "a", "provider": "simulated", "simulated": { {{fields}} } } ] }""";

    public static string WithEnsemble(string fields) => $$"""
        { "models": [ { "display_name": "a", "provider": "simulated" }, { "display_name": "b", "provider": "simulated" },
          { "display_name": "duo", "ensemble": { "panel": [ { "model": "a" }, { "model": "b" } ], "judge": { "model": "a" }, {{fields}} } } ] }
        """;

    public static string WithBlock(string panel, string judge) => $$"""
        { "models": [ { "display_name": "alpha", "provider": "simulated" }, { "display_name": "vec", "provider": "simulated", "kind": "embedding" },
          { "display_name": "duo", "ensemble": { "panel": {{panel}}, "judge": {{judge}} } } ] }
        """;

    public static string WithKeys(string keys) => $$"""{ "models": [ { "display_name": "a", "provider": "simulated" } ], "keys": [ {{keys}} ] }""";

    public static CatalogReadResult Read(string json, SecretResolver? secrets = null) =>
        CatalogReader.Read(Encoding.UTF8.GetBytes(json), revision: 7, secrets);

    public static SecretResolver Secrets(params (string Name, string Value)[] variables) =>
        new(new CatalogTestClock(), name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
