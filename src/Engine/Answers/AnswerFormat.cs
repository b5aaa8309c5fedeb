using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Answers;

/// <summary>What the caller's <c>response_format</c> wants of an answer.</summary>
internal sealed class AnswerFormat
{
    public static readonly AnswerFormat Text = new(isJson: false, schema: null, default);

    private readonly bool _isJson;
    private readonly JsonElement? _schema;
    private readonly bool _wantsObject;
    private readonly CancellationToken _ends;

    private AnswerFormat(bool isJson, JsonElement? schema, CancellationToken ends)
    {
        _ends = ends;
        _isJson = isJson;
        _schema = schema;
        _wantsObject = schema is not { } wanted || wanted.Member("type")?.TextIs("object") == true;
    }

    /// <param name="ends">Cancelled at the end of the run: little time is taken for a check after that.</param>
    public static AnswerFormat Of(ChatRequest chat, CancellationToken ends = default)
    {
        if (!chat.TryGetField("response_format", out var field) || field.Kind != JsonTokenType.StartObject)
        {
            return Text;
        }

        using var document = JsonSanitizer.Parse(chat.SliceMemory(field.Value));
        return Of(document.RootElement, ends);
    }

    private static AnswerFormat Of(JsonElement format, CancellationToken ends) =>
        format.Member("type")?.Text() switch
        {
            "json_object" => new AnswerFormat(isJson: true, schema: null, ends),
            "json_schema" => new AnswerFormat(
                isJson: true,
                format.Member("json_schema")?.Member("schema")?.Clone(),
                ends),
            _ => Text,
        };

    /// <summary>Whether an answer has to be JSON.</summary>
    public bool IsJson => _isJson;

    /// <returns>The answer without a code fence around it, where JSON is wanted; else the answer itself.</returns>
    public string Unfenced(string content)
    {
        if (!_isJson)
        {
            return content;
        }

        var json = JsonFence.Inside(content);
        return json.Length == content.Length ? content : json.ToString();
    }

    /// <summary>Whether an answer may begin so, in what stands inside its fence.</summary>
    public bool MayBegin(char first) => !_isJson || first == '{' || (!_wantsObject && JsonFence.MayBeginValue(first));

    /// <returns>Null where any text will do, or the schema cannot be read.</returns>
    public bool? Accepts(string content)
    {
        if (!_isJson)
        {
            return null;
        }

        try
        {
            using var answer = JsonSanitizer.Parse(content);
            return _schema is not { } schema
                ? answer.RootElement.ValueKind == JsonValueKind.Object
                : JsonSchemaCheck.IsValid(answer.RootElement, schema, _ends);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // The schema itself is broken: that is for the provider to say, not a fault of the answer.
            return null;
        }
    }
}
