using System.Globalization;
using System.Text.Json;

namespace Ensemble.Judging;

/// <summary>
/// Checks a value against the part of JSON Schema that structured outputs use: <c>type</c>, <c>properties</c>,
/// <c>required</c>, <c>additionalProperties</c>, <c>items</c>, <c>enum</c>, <c>const</c>, <c>anyOf</c>, <c>oneOf</c>,
/// <c>allOf</c>, <c>$ref</c> within the schema, and the bounds on numbers, strings and arrays. Other keywords pass.
/// </summary>
internal sealed class JsonSchemaCheck
{
    /// <summary>Deeper than this a value is taken as invalid; a schema may refer to itself.</summary>
    private const int MaxDepth = 64;

    /// <summary>A schema whose alternatives refer to each other could take for ever; a value that needs more is taken as invalid.</summary>
    private const int MaxSteps = 100_000;

    private readonly JsonElement _root;
    private int _steps;

    private JsonSchemaCheck(JsonElement root) => _root = root;

    /// <exception cref="InvalidOperationException">The schema is not one: a keyword's value has the wrong type.</exception>
    public static bool IsValid(JsonElement value, JsonElement schema) => new JsonSchemaCheck(schema).IsValid(value, schema, 0);

    private bool IsValid(JsonElement value, JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind != JsonValueKind.False;
        }

        if (depth > MaxDepth || ++_steps > MaxSteps)
        {
            return false;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Holds(value, keyword, schema, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool Holds(JsonElement value, JsonProperty keyword, JsonElement schema, int depth)
    {
        var rule = keyword.Value;
        return keyword.NameText() switch
        {
            "$ref" => IsValid(value, Resolve(rule), depth + 1),
            "type" => rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => IsOfType(value, type)) : IsOfType(value, rule),
            "enum" => rule.EnumerateArray().Any(allowed => value.SameAs(allowed)),
            "const" => value.SameAs(rule),
            "anyOf" => rule.EnumerateArray().Any(option => IsValid(value, option, depth + 1)),
            "oneOf" => rule.EnumerateArray().Count(option => IsValid(value, option, depth + 1)) == 1,
            "allOf" => rule.EnumerateArray().All(part => IsValid(value, part, depth + 1)),
            _ => value.ValueKind switch
            {
                JsonValueKind.Object => ObjectHolds(value, keyword, schema, depth),
                JsonValueKind.Array => ArrayHolds(value, keyword, depth),
                JsonValueKind.String => StringHolds(value.Text()!, keyword),
                JsonValueKind.Number => value.Number() is { } number && NumberHolds(number, keyword),
                _ => true,
            },
        };
    }

    private bool ObjectHolds(JsonElement value, JsonProperty keyword, JsonElement schema, int depth)
    {
        var rule = keyword.Value;
        return keyword.NameText() switch
        {
            "required" => rule.EnumerateArray().All(name => value.TryMember(Text(name), out _)),
            "properties" => rule.EnumerateObject().All(property =>
                !value.TryMember(property.NameText(), out var member) || IsValid(member, property.Value, depth + 1)),
            "additionalProperties" => value.EnumerateObject().All(member =>
                (schema.TryMember("properties", out var known) && known.TryMember(member.NameText(), out _))
                || IsValid(member.Value, rule, depth + 1)),
            _ => true,
        };
    }

    private bool ArrayHolds(JsonElement value, JsonProperty keyword, int depth) => keyword.NameText() switch
    {
        "items" => value.EnumerateArray().All(item => IsValid(item, keyword.Value, depth + 1)),
        "minItems" => value.GetArrayLength() >= Whole(keyword),
        "maxItems" => value.GetArrayLength() <= Whole(keyword),
        _ => true,
    };

    private static bool StringHolds(string value, JsonProperty keyword) => keyword.NameText() switch
    {
        "minLength" => value.EnumerateRunes().LongCount() >= Whole(keyword),
        "maxLength" => value.EnumerateRunes().LongCount() <= Whole(keyword),
        _ => true,
    };

    private static bool NumberHolds(double value, JsonProperty keyword) => keyword.NameText() switch
    {
        "minimum" => value >= Number(keyword),
        "maximum" => value <= Number(keyword),
        "exclusiveMinimum" => value > Number(keyword),
        "exclusiveMaximum" => value < Number(keyword),
        _ => true,
    };

    private static bool IsOfType(JsonElement value, JsonElement type) => Text(type) switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.Number() is { } number && double.IsInteger(number),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static string Text(JsonElement rule) => rule.Text() ?? throw new InvalidOperationException("A string is expected.");

    private static long Whole(JsonProperty rule) => rule.Value.Whole() ?? throw new InvalidOperationException("A whole number is expected.");

    private static double Number(JsonProperty rule) => rule.Value.Number() ?? throw new InvalidOperationException("A number is expected.");

    /// <exception cref="InvalidOperationException">The reference leads nowhere in this schema.</exception>
    private JsonElement Resolve(JsonElement reference)
    {
        var path = Uri.UnescapeDataString(Text(reference));
        if (path is not ("#" or ['#', '/', ..]))
        {
            throw new InvalidOperationException("A reference leads out of the schema.");
        }

        var target = _root;
        foreach (var step in path.Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            target = target.ValueKind switch
            {
                JsonValueKind.Object when target.TryMember(name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < target.GetArrayLength() =>
                    target[index],
                _ => throw new InvalidOperationException("A reference leads nowhere."),
            };
        }

        return target;
    }
}
