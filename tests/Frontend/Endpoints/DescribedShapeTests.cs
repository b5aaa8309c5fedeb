using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary>Manifests and plans have the shape that <c>/openapi.json</c> gives them, and no field beside.</summary>
public sealed class DescribedShapeTests
{
    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Manifest_OfEveryStrategy_IsAsDescribed(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);

        await ShouldBeAsDescribedAsync(council, "RunManifest", await ManifestAsync(council));
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Manifest_WhereMuchFails_IsAsDescribed(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        council.Model("numbat").Default = StubReply.Error(500, null, "down");
        council.Model(Council.Judge).Default = StubReply.Text("No idea.");

        await ShouldBeAsDescribedAsync(council, "RunManifest", await ManifestAsync(council));
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Manifest_OverTheBudget_IsAsDescribed(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxCalls = 3 }, MinResponses = 2 });
        council.Model("quokka").Default = StubReply.Text("Lyon.");

        await ShouldBeAsDescribedAsync(council, "RunManifest", await ManifestAsync(council));
    }

    [Fact]
    public async Task Manifest_WithContent_IsAsDescribed()
    {
        await using var council = await Council.StartAsync(
            shape: ensemble => ensemble with { Strategy = StrategyKind.Vote }, args: ["--Telemetry:CaptureContent", "true"]);

        var manifest = await ManifestAsync(council);

        manifest.GetProperty("candidates")[0].TryGetProperty("answer", out _).ShouldBeTrue();
        await ShouldBeAsDescribedAsync(council, "RunManifest", manifest);
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskSolo)]
    public async Task Plan_IsAsDescribed(string ask)
    {
        await using var council = await Council.StartAsync();

        var plan = (await council.Gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions?dry_run=true", ask)).Json;

        await ShouldBeAsDescribedAsync(council, "RunPlan", plan);
    }

    [Fact]
    public async Task Manifest_OfAReplay_IsAsDescribed()
    {
        await using var council = await Council.StartAsync(args: ["--Replay:StoreAnswers", "true", "--Security:MasterKey", new string('7', 64)]);
        var first = await council.Gateway.ChatAsync(Council.Ask);
        var replay = await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{first.Completion}/replay", """{"strategy":"vote"}""");

        var manifest = (await council.Gateway.GetAsync($"/v1/runs/{replay.Completion}")).Json;

        manifest.TryGetProperty("replay_of", out _).ShouldBeTrue();
        await ShouldBeAsDescribedAsync(council, "RunManifest", manifest);
    }

    [Fact]
    public async Task Completion_WithItsManifest_IsAsDescribed()
    {
        await using var council = await Council.StartAsync();

        var completion = (await council.Gateway.ChatAsync(Council.Ask, null, ("x-ensemble-manifest", "inline"))).Json;

        await ShouldBeAsDescribedAsync(council, "ChatCompletion", completion);
    }

    private static async Task<JsonElement> ManifestAsync(Council council)
    {
        var answer = await council.Gateway.ChatAsync(Council.Ask);
        var run = await council.Gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}");
        council.Gateway.Faults.ShouldBeEmpty();
        return run.Json;
    }

    private static async Task ShouldBeAsDescribedAsync(Council council, string schema, JsonElement value)
    {
        var schemas = (await council.Gateway.GetAsync("/openapi.json")).Json.GetProperty("components").GetProperty("schemas");
        var problems = new List<string>();
        new Shape(schemas, problems).Check(schemas.GetProperty(schema), value, "$");
        problems.ShouldBeEmpty(value.GetRawText());
    }

    /// <summary>As much of JSON Schema as the document uses for these; a field that is not described is a problem.</summary>
    private sealed class Shape(JsonElement schemas, List<string> problems)
    {
        public void Check(JsonElement schema, JsonElement value, string path)
        {
            if (schema.TryGetProperty("$ref", out var target))
            {
                schema = schemas.GetProperty(target.GetString()!.Split('/')[^1]);
            }

            if (schema.TryGetProperty("oneOf", out var choices))
            {
                schema = choices.EnumerateArray().Single(choice => choice.TryGetProperty("type", out var type) && type.ValueEquals("null") == (value.ValueKind == JsonValueKind.Null)
                    || !choice.TryGetProperty("type", out _) && value.ValueKind != JsonValueKind.Null);
                Check(schema, value, path);
                return;
            }

            if (schema.TryGetProperty("type", out var types) && !Types(types).Any(type => Is(type, value)))
            {
                problems.Add($"{path}: {value.ValueKind} is not of type {types}");
                return;
            }

            if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            {
                problems.Add($"{path}: {value} is not listed");
            }

            if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            {
                foreach (var item in value.EnumerateArray())
                {
                    Check(items, item, $"{path}[]");
                }
            }
            else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
            {
                Fields(schema, properties, value, path);
            }
        }

        private void Fields(JsonElement schema, JsonElement properties, JsonElement value, string path)
        {
            foreach (var field in value.EnumerateObject())
            {
                if (properties.TryGetProperty(field.Name, out var property))
                {
                    Check(property, field.Value, $"{path}.{field.Name}");
                }
                else
                {
                    problems.Add($"{path}.{field.Name} is not described");
                }
            }

            if (schema.TryGetProperty("required", out var required))
            {
                problems.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name} is missing"));
            }
        }

        private static IEnumerable<string> Types(JsonElement types) =>
            types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(type => type.GetString()!) : [types.GetString()!];

        private static bool Is(string type, JsonElement value) => type switch
        {
            "null" => value.ValueKind == JsonValueKind.Null,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "array" => value.ValueKind == JsonValueKind.Array,
            "object" => value.ValueKind == JsonValueKind.Object,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }
}
