using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ensemble.Answers;

/// <summary>
/// Checks a value against the part of JSON Schema that structured outputs use: <c>type</c>, <c>properties</c>,
/// <c>required</c>, <c>additionalProperties</c>, <c>items</c>, <c>enum</c>, <c>const</c>, <c>anyOf</c>, <c>oneOf</c>,
/// <c>allOf</c>, <c>$ref</c> within the schema, and the bounds on numbers, strings and arrays. Other keywords pass.
/// </summary>
internal sealed class JsonSchemaCheck
{
    /// <summary>Deeper than this a value is taken as invalid; a schema may refer to itself.</summary>
    private const int MaxDepth = 64;

    /// <summary>
    /// Steps of work that a check may take; none takes longer than 100 ns: a keyword, a look-up, a comparison, and each 32 bytes that one
    /// reads. A value that needs more is taken as invalid: alternatives that refer to each other, and lists that are compared item
    /// by item, could take for ever.
    /// </summary>
    private const int MaxWork = 1_000_000;

    /// <summary>The same after the end of the run, when nobody waits for a long check.</summary>
    private const int MaxWorkAtTheEnd = MaxWork / 16;

    /// <summary>Bytes that are decoded, or compared one by one, in a step.</summary>
    private const int BytesRead = 32;

    /// <summary>Bytes of names and values that a look-up passes over in a step.</summary>
    private const int BytesPassed = 512;

    private readonly JsonElement _root;
    private readonly CancellationToken _ends;
    private long _work;

    private JsonSchemaCheck(JsonElement root, CancellationToken ends) => (_root, _ends) = (root, ends);

    /// <param name="ends">Cancelled at the end of the run.</param>
    /// <exception cref="InvalidOperationException">The schema is not one: a keyword's value has the wrong type.</exception>
    public static bool IsValid(JsonElement value, JsonElement schema, CancellationToken ends = default)
    {
        try
        {
            return new JsonSchemaCheck(schema, ends).IsValid(value, schema, 0);
        }
        catch (TooMuchWorkException)
        {
            return false;
        }
    }

    private bool IsValid(JsonElement value, JsonElement schema, int depth)
    {
        Spend(1);
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind != JsonValueKind.False;
        }

        if (depth > MaxDepth)
        {
            return false;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            Spend(1 + (JsonMarshal.GetRawUtf8PropertyName(keyword).Length / BytesRead));
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
            "enum" => rule.EnumerateArray().Any(allowed => AreEqual(value, allowed)),
            "const" => AreEqual(value, rule),
            "anyOf" => rule.EnumerateArray().Any(option => IsValid(value, option, depth + 1)),
            "oneOf" => rule.EnumerateArray().Count(option => IsValid(value, option, depth + 1)) == 1,
            "allOf" => rule.EnumerateArray().All(part => IsValid(value, part, depth + 1)),
            _ => value.ValueKind switch
            {
                JsonValueKind.Object => ObjectHolds(value, keyword, schema, depth),
                JsonValueKind.Array => ArrayHolds(value, keyword, depth),
                JsonValueKind.String => StringHolds(value, keyword),
                JsonValueKind.Number => NumberHolds(value, keyword),
                _ => true,
            },
        };
    }

    private bool ObjectHolds(JsonElement value, JsonProperty keyword, JsonElement schema, int depth)
    {
        var rule = keyword.Value;
        return keyword.NameText() switch
        {
            "required" => rule.EnumerateArray().All(name => TryGet(value, Text(name), out _)),
            "properties" => rule.EnumerateObject().All(property =>
                !TryGet(value, property.NameText(), out var member) || IsValid(member, property.Value, depth + 1)),
            "additionalProperties" => value.EnumerateObject().All(member =>
                (TryGet(schema, "properties", out var known) && TryGet(known, member.NameText(), out _))
                || IsValid(member.Value, rule, depth + 1)),
            _ => true,
        };
    }

    private bool ArrayHolds(JsonElement value, JsonProperty keyword, int depth) => keyword.NameText() switch
    {
        "items" => value.EnumerateArray().All(item => IsValid(item, keyword.Value, depth + 1)),
        "minItems" => value.GetArrayLength() >= Whole(keyword.Value),
        "maxItems" => value.GetArrayLength() <= Whole(keyword.Value),
        _ => true,
    };

    private bool StringHolds(JsonElement value, JsonProperty keyword) => keyword.NameText() switch
    {
        "minLength" => Text(value).EnumerateRunes().LongCount() >= Whole(keyword.Value),
        "maxLength" => Text(value).EnumerateRunes().LongCount() <= Whole(keyword.Value),
        _ => true,
    };

    // A number that none can hold is outside of every bound.
    private bool NumberHolds(JsonElement value, JsonProperty keyword) => keyword.NameText() switch
    {
        "minimum" => Number(value) >= Bound(keyword.Value),
        "maximum" => Number(value) <= Bound(keyword.Value),
        "exclusiveMinimum" => Number(value) > Bound(keyword.Value),
        "exclusiveMaximum" => Number(value) < Bound(keyword.Value),
        _ => true,
    };

    private bool IsOfType(JsonElement value, JsonElement type) => Text(type) switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && Number(value) is { } number && double.IsInteger(number),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    /// <exception cref="InvalidOperationException">The reference leads nowhere in this schema.</exception>
    private JsonElement Resolve(JsonElement reference)
    {
        var path = Uri.UnescapeDataString(Text(reference));
        if (path is not ("#" or ['#', '/', ..]))
        {
            throw new InvalidOperationException("A reference leads out of the schema.");
        }

        var target = _root;
        var rest = path.AsSpan(1);
        while (rest.Length > 0)
        {
            Spend(1);
            rest = rest[1..];
            var end = rest.IndexOf('/') is >= 0 and var slash ? slash : rest.Length;
            var name = rest[..end].ToString().Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            target = target.ValueKind switch
            {
                JsonValueKind.Object when TryGet(target, name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < target.GetArrayLength() =>
                    target[index],
                _ => throw new InvalidOperationException("A reference leads nowhere."),
            };
            rest = rest[end..];
        }

        return target;
    }

    private bool AreEqual(JsonElement value, JsonElement other)
    {
        Spend(1 + (Math.Min(Size(value), Size(other)) / BytesRead));
        return value.SameAs(other);
    }

    private bool TryGet(JsonElement holder, string name, out JsonElement member)
    {
        // Names are compared one after the other, and values between them are passed over.
        var names = holder.ValueKind == JsonValueKind.Object ? holder.GetPropertyCount() / 4 : 0;
        Spend(1 + names + (name.Length / BytesRead) + (Size(holder) / BytesPassed));
        return holder.TryMember(name, out member);
    }

    private string Text(JsonElement value)
    {
        SpendOn(value);
        return value.Text() ?? throw new InvalidOperationException("A string is expected.");
    }

    private double? Number(JsonElement value)
    {
        SpendOn(value);
        return value.Number();
    }

    private double Bound(JsonElement rule) => Number(rule) ?? throw new InvalidOperationException("A number is expected.");

    private long Whole(JsonElement rule)
    {
        SpendOn(rule);
        return rule.Whole() ?? throw new InvalidOperationException("A whole number is expected.");
    }

    private void SpendOn(JsonElement read) => Spend(1 + (Size(read) / BytesRead));

    private void Spend(int work)
    {
        _work += work;
        if (_work > (_ends.IsCancellationRequested ? MaxWorkAtTheEnd : MaxWork))
        {
            throw new TooMuchWorkException();
        }
    }

    private static int Size(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).Length;

    private sealed class TooMuchWorkException : Exception;
}
