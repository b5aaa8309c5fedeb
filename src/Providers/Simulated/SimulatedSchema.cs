using System.Text.Json;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// Fills a JSON schema with what a model thinks: required properties by type, bounds, enum, const, local references and the
/// first alternative of a union. Patterns and formats are not looked at.
/// </summary>
internal sealed class SimulatedSchema
{
    private const int MaxDepth = 16;
    private const int MaxValues = 2000;
    private const int MaxItems = 16;
    private const int MaxReferences = 8;

    /// <summary>Bounds beyond this are read as this, so that sums and differences of two hold.</summary>
    private const decimal MaxBound = 1e15m;

    private readonly JsonElement _root;
    private readonly SimulatedThought _thought;
    private readonly SimulatedDraw _draw;
    private readonly Utf8JsonWriter _writer;
    private int _values;
    private int _item;

    private SimulatedSchema(JsonElement root, SimulatedThought thought, SimulatedDraw draw, Utf8JsonWriter writer)
    {
        _root = root;
        _thought = thought;
        _draw = draw;
        _writer = writer;
    }

    /// <param name="schema">Null = an object without properties.</param>
    public static string Fill(JsonElement? schema, SimulatedThought thought, SimulatedDraw draw) =>
        schema is not { ValueKind: JsonValueKind.Object } root
            ? "{}"
            : SimulatedJson.String((root, thought, draw), static (writer, state) =>
                new SimulatedSchema(state.root, state.thought, state.draw, writer).Write("", state.root, 0));

    /// <summary>Whether a text is JSON that has the properties which the schema requires; then a judge can pass it on.</summary>
    public static bool IsFilledBy(JsonElement? schema, string text)
    {
        try
        {
            using var document = JsonSanitizer.Parse(text);
            var answer = document.RootElement;
            return answer.ValueKind == JsonValueKind.Object
                && (schema is not { } root || Required(root).All(name => answer.TryMember(name, out _)));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Write(string name, JsonElement declared, int depth)
    {
        var schema = Resolve(declared);
        if (depth > MaxDepth || ++_values > MaxValues)
        {
            _writer.WriteNullValue();
        }
        else if (SimulatedJson.Member(schema, "const") is { } constant)
        {
            constant.WriteTo(_writer);
        }
        else if (SimulatedJson.Member(schema, "enum") is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0)
        {
            Choose(values).WriteTo(_writer);
        }
        else
        {
            WriteType(name, schema, depth);
        }
    }

    private void WriteType(string name, JsonElement schema, int depth)
    {
        switch (TypeOf(schema))
        {
            case "object":
                WriteObject(schema, depth);
                break;
            case "array":
                WriteArray(name, schema, depth);
                break;
            case "integer":
                _writer.WriteNumberValue(Integer(schema));
                break;
            case "number":
                _writer.WriteNumberValue(Number(schema));
                break;
            case "boolean":
                _writer.WriteBooleanValue(!_thought.Text.StartsWith("No", StringComparison.Ordinal) && _thought.IsRight);
                break;
            case "null":
                _writer.WriteNullValue();
                break;
            default:
                _writer.WriteStringValue(Text(name, schema));
                break;
        }
    }

    private void WriteObject(JsonElement schema, int depth)
    {
        _writer.WriteStartObject();
        var properties = SimulatedJson.Member(schema, "properties") ?? default;
        foreach (var name in Required(schema))
        {
            _writer.WritePropertyName(name);
            Write(name, SimulatedJson.Member(properties, name) ?? default, depth + 1);
        }

        _writer.WriteEndObject();
    }

    private void WriteArray(string name, JsonElement schema, int depth)
    {
        // A list of faults is empty unless the model errs: a verifier that found something in every answer would show nothing.
        var isEmpty = (name is "issues" or "errors" or "problems" or "warnings" && _thought.IsRight)
            || (_thought.Notes.TryGetValue(name, out var note) && note.Length == 0);
        var usual = isEmpty ? 0 : _thought.IsPlan ? 2 : 1;
        var least = (int)Math.Clamp(Limit(schema, "minItems") ?? usual, 0, MaxItems);
        var most = (int)Math.Clamp(Limit(schema, "maxItems") ?? MaxItems, 0, MaxItems);
        _writer.WriteStartArray();
        for (var index = 0; index < Math.Min(Math.Max(least, usual), most); index++)
        {
            _item = index;
            Write(name, SimulatedJson.Member(schema, "items") ?? default, depth + 1);
        }

        _writer.WriteEndArray();
    }

    private JsonElement Choose(JsonElement values)
    {
        var count = values.GetArrayLength();
        var index = _thought.IsPlan ? _item % count
            : _thought.Pick is { } pick ? Math.Min(pick.Position, count - 1)
            : _draw.Pick(SimulatedPurpose.Choice, count);
        var position = 0;
        foreach (var value in values.EnumerateArray())
        {
            if (SimulatedJson.Text(value) is { } text && (text == _thought.Pick?.Label || text == _thought.Text))
            {
                index = position;
            }

            position++;
        }

        return values[index];
    }

    // A candidate's number counts from where the schema's numbers begin.
    private decimal Integer(JsonElement schema) => decimal.Truncate(Bounded(schema, _thought.Pick is { } pick
        ? pick.Position + Math.Max(0, Limit(schema, "minimum") ?? 0)
        : SimulatedJudge.LastNumber(_thought.Text) ?? 1));

    // Between two bounds a number is read as a score, as a model asked for its confidence would give it.
    private decimal Number(JsonElement schema) =>
        Limit(schema, "minimum") is { } least && Limit(schema, "maximum") is { } most && most - least is > 0 and < 1_000_000
            ? decimal.Round(least + ((most - least) * (decimal)_thought.Confidence), 4)
            : Bounded(schema, SimulatedJudge.LastNumber(_thought.Text) ?? decimal.Round((decimal)_thought.Confidence, 4));

    private string Text(string name, JsonElement schema)
    {
        var asksForLabel = name is "candidate" or "choice" or "pick" or "best" or "winner" or "label";
        var text = asksForLabel && _thought.Pick is { Label.Length: > 0 } pick ? pick.Label
            : _thought.Notes.GetValueOrDefault(name, _thought.Text);
        if (Limit(schema, "maxLength") is not { } most || most < 1 || text.Length <= most)
        {
            return text;
        }

        var end = (int)most;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }

    private static decimal Bounded(JsonElement schema, decimal value)
    {
        value = Limit(schema, "minimum") is { } least ? Math.Max(value, least) : value;
        return Limit(schema, "maximum") is { } most ? Math.Min(value, most) : value;
    }

    private static decimal? Limit(JsonElement schema, string name) =>
        SimulatedJson.Member(schema, name)?.Exact() is { } bound ? Math.Clamp(bound, -MaxBound, MaxBound) : null;

    private static IEnumerable<string> Required(JsonElement schema)
    {
        if (SimulatedJson.Member(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            return required.EnumerateArray().Select(name => SimulatedJson.Text(name)).OfType<string>().Distinct();
        }

        return SimulatedJson.Member(schema, "properties") is { ValueKind: JsonValueKind.Object } properties
            ? properties.EnumerateObject().Select(property => property.NameText()).Distinct()
            : [];
    }

    private static string? TypeOf(JsonElement schema)
    {
        var type = SimulatedJson.Member(schema, "type");
        return type switch
        {
            { ValueKind: JsonValueKind.String } => type.Value.Text(),
            { ValueKind: JsonValueKind.Array } =>
                type.Value.EnumerateArray().Select(item => SimulatedJson.Text(item)).FirstOrDefault(name => name != "null")
                ?? "null",
            _ when SimulatedJson.Member(schema, "properties") is not null => "object",
            _ when SimulatedJson.Member(schema, "items") is not null => "array",
            _ => null,
        };
    }

    private JsonElement Resolve(JsonElement schema)
    {
        for (var step = 0; step < MaxReferences; step++)
        {
            if (SimulatedJson.Text(SimulatedJson.Member(schema, "$ref")) is { } reference)
            {
                schema = Find(reference);
            }
            else if ((SimulatedJson.Member(schema, "anyOf") ?? SimulatedJson.Member(schema, "oneOf")
                ?? SimulatedJson.Member(schema, "allOf"))
                is { ValueKind: JsonValueKind.Array } union)
            {
                schema = union.EnumerateArray().FirstOrDefault(option => TypeOf(option) != "null");
            }
            else
            {
                break;
            }
        }

        return schema;
    }

    private JsonElement Find(string reference)
    {
        var found = _root;
        foreach (var name in reference.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "#"))
        {
            found = SimulatedJson.Member(found, name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) ?? default;
        }

        return found;
    }
}
