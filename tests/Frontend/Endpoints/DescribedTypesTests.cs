using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.Runs;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary><c>/openapi.json</c> describes each type that endpoints write: every field, its type, and whether it is always there.</summary>
public sealed class DescribedTypesTests
{
    // An entry alone, and in a list, has less than one that was just written.
    private static readonly string[] Partial = ["AdminEntry", "AdminHead"];

    private static readonly Type[] Texts = [typeof(string), typeof(DateTime), typeof(DateTimeOffset), typeof(GroupKey)];

    private static readonly (string Schema, JsonTypeInfo Type)[] Described =
    [
        ("AdminList", AdminJson.Default.EntryList),
        ("AdminEntry", AdminJson.Default.EntryView),
        ("AdminWritten", AdminJson.Default.EntryView),
        ("DashboardSession", DashboardJson.Default.DashboardSession),
        ("EnsembleReport", AdminJson.Default.PanelReport),
        ("Feedback", RunsJson.Default.FeedbackSaved),
        ("FeedbackList", RunsJson.Default.FeedbackList),
        ("GateList", AdminJson.Default.GateList),
        ("ModelList", ModelsJson.Default.ModelList),
        ("Readiness", HealthJson.Default.Readiness),
        ("RunContent", RunsJson.Default.RunContentView),
        ("RunGroups", AdminJson.Default.LedgerGroupsRunGroupView),
        ("RunList", AdminJson.Default.LedgerPageRunRow),
        ("RunManifest", RunsJson.Default.ManifestView),
        ("RunPlan", RunsJson.Default.PlanView),
        ("UsageGroups", AdminJson.Default.LedgerGroupsUsageGroupView),
        ("UsageList", AdminJson.Default.LedgerPageSubCallRow),
    ];

    [Fact]
    public async Task Document_OfEachTypeThatIsWritten_HasItsFields()
    {
        await using var council = await Council.StartAsync();
        var schemas = (await council.Gateway.GetAsync("/openapi.json")).Json.GetProperty("components").GetProperty("schemas");
        var problems = new List<string>();

        foreach (var (schema, type) in Described)
        {
            Compare(JsonElement.Parse($$"""{"$ref":"#/components/schemas/{{schema}}"}"""), type, schema);
        }

        problems.ShouldBeEmpty();

        void Compare(JsonElement schema, JsonTypeInfo type, string path)
        {
            var isPartial = false;
            if (schema.TryGetProperty("oneOf", out var choices))
            {
                schema = choices.EnumerateArray().Single(choice => choice.TryGetProperty("$ref", out _));
            }

            if (schema.TryGetProperty("$ref", out var target))
            {
                var name = target.GetString()!.Split('/')[^1];
                (schema, isPartial) = (schemas.GetProperty(name), Partial.Contains(name));
            }

            if (type.Type != typeof(RawJson) && schema.TryGetProperty("type", out var described) && !Types(described).Contains(TypeOf(type)))
            {
                problems.Add($"{path} is {TypeOf(type)}, and described as {described}");
            }

            if (type.Kind == JsonTypeInfoKind.Enumerable)
            {
                Compare(schema.GetProperty("items"), Info(type, type.ElementType!), $"{path}[]");
            }
            else if (type.Kind == JsonTypeInfoKind.Object)
            {
                Fields(schema, type, isPartial, path);
            }
        }

        void Fields(JsonElement schema, JsonTypeInfo type, bool isPartial, string path)
        {
            var fields = schema.GetProperty("properties");
            var required = schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToHashSet();
            foreach (var property in type.Properties)
            {
                var at = $"{path}.{property.Name}";
                var isOptional = property.AttributeProvider!.IsDefined(typeof(JsonIgnoreAttribute), inherit: true);
                if (!fields.TryGetProperty(property.Name, out var field))
                {
                    problems.AddRange(isPartial && isOptional ? [] : [$"{at} is not described"]);
                    continue;
                }

                if (!isOptional && !required.Contains(property.Name))
                {
                    problems.Add($"{at} is always there, and described as if it were not");
                }

                if (property.IsGetNullable && !isOptional && !TakesNull(field))
                {
                    problems.Add($"{at} may be null, and is described as if it were not");
                }

                Compare(field, Info(type, property.PropertyType), at);
            }

            problems.AddRange(fields.EnumerateObject().Select(field => field.Name)
                .Except(type.Properties.Select(property => property.Name)).Select(name => $"{path}.{name} is never written"));
        }
    }

    // As the context writes it that knows the type around it.
    private static JsonTypeInfo Info(JsonTypeInfo owner, Type type) =>
        owner.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static bool TakesNull(JsonElement schema) =>
        (schema.TryGetProperty("type", out var types) && Types(types).Contains("null"))
        || (schema.TryGetProperty("oneOf", out var choices) && choices.EnumerateArray().Any(TakesNull));

    private static IEnumerable<string> Types(JsonElement types) =>
        types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(type => type.GetString()!) : [types.GetString()!];

    private static string TypeOf(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "array",
        JsonTypeInfoKind.Object => "object",
        _ when type.Type == typeof(bool) => "boolean",
        _ when type.Type == typeof(int) || type.Type == typeof(long) => "integer",
        _ when type.Type == typeof(double) || type.Type == typeof(decimal) || type.Type == typeof(TimeSpan) => "number",
        _ when Texts.Contains(type.Type) => "string",

        // Written by a converter.
        _ => "object",
    };
}
