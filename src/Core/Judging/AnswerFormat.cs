using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Judging;

/// <summary>What the caller's <c>response_format</c> wants of an answer.</summary>
internal sealed class AnswerFormat
{
    private static readonly AnswerFormat Text = new(isJson: false, schema: null);

    private readonly bool _isJson;
    private readonly JsonElement? _schema;

    private AnswerFormat(bool isJson, JsonElement? schema)
    {
        _isJson = isJson;
        _schema = schema;
    }

    public static AnswerFormat Of(ChatRequest chat)
    {
        if (!chat.TryGetField("response_format", out var field) || field.Kind != JsonTokenType.StartObject)
        {
            return Text;
        }

        try
        {
            using var document = JsonDocument.Parse(chat.SliceMemory(field.Value));
            return Of(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // A name with an escape for half a character: for the provider to refuse.
            return Text;
        }
    }

    private static AnswerFormat Of(JsonElement format) =>
        (format.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
        {
            "json_object" => new AnswerFormat(isJson: true, schema: null),
            "json_schema" => new AnswerFormat(
                isJson: true,
                format.TryGetProperty("json_schema", out var holder) && holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("schema", out var schema)
                    ? schema.Clone()
                    : null),
            _ => Text,
        };

    /// <returns>Null where any text will do, or the schema cannot be read.</returns>
    public bool? Accepts(string content)
    {
        if (!_isJson)
        {
            return null;
        }

        try
        {
            using var answer = JsonDocument.Parse(content);
            return _schema is not { } schema
                ? answer.RootElement.ValueKind == JsonValueKind.Object
                : JsonSchemaCheck.IsValid(answer.RootElement, schema);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // The schema itself is broken: that is for the provider to say, not a fault of the answer.
            return null;
        }
    }
}
