using System.Buffers;
using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Answers;

/// <summary>
/// Replaces the tool-call ids of one answer by ids of this run, which hold them, fills in what a call lacks that clients take for granted,
/// and leaves out calls that are none.
/// </summary>
/// <param name="model">The alias of the model whose calls they are.</param>
internal sealed class ToolCallIds(RunId run, string model)
{
    /// <summary>Calls of a stream whose first piece has come; whether their provider gave them an id.</summary>
    private readonly Dictionary<(long Choice, long Call), bool> _begun = [];
    private int _unnamed;

    /// <summary>The same for the same id, so that the chunks of one call keep together.</summary>
    /// <param name="id">The provider's; null or empty where it gave none.</param>
    public string Of(string? id) =>
        string.IsNullOrEmpty(id) ? ToolCallId.OfUnnamed(_unnamed++, run.Value) : ToolCallId.Of(id, model, run.Value);

    /// <param name="choices">A JSON array of choices: whole, or the next chunk of a stream. Its bytes stay where nothing has to be filled
    /// in.</param>
    public ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> choices)
    {
        if (choices.Span.IndexOf("\"tool_calls\""u8) < 0 && choices.Span.IndexOf("\"function_call\""u8) < 0)
        {
            return choices;
        }

        using var document = JsonSanitizer.Parse(choices);
        if (!IsComplete(document.RootElement))
        {
            return Completed(document.RootElement, choices.Length);
        }

        foreach (var (key, _) in Pieces(document.RootElement))
        {
            _begun.TryAdd(key, true);
        }

        return WithIds(choices.Span);
    }

    private static IEnumerable<JsonElement> Whole(JsonElement choices) =>
        choices.Items().SelectMany(choice => (choice.Member("message")?.Member("tool_calls") ?? default).Items());

    private static IEnumerable<((long Choice, long Call) Key, JsonElement Piece)> Pieces(JsonElement choices) =>
        choices.Items().SelectMany((choice, place) => (choice.Member("delta")?.Member("tool_calls") ?? default).Items()
            .Select((piece, index) => ((Index(choice, place), Index(piece, index)), piece)));

    private static long Index(JsonElement element, int place) => element.Member("index")?.Whole() ?? place;

    private static bool HasText(JsonElement call, string name) => call.Member(name)?.Text() is { Length: > 0 };

    private static JsonElement? Arguments(JsonElement call) => call.Member("function")?.Member("arguments");

    /// <summary>Whether a part of a message is said to be calls, and has another shape.</summary>
    private static bool IsNoCall(JsonProperty part, bool isWhole) =>
        (part.NameIs("tool_calls") && part.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        || (part.NameIs("function_call") && part.Value.ValueKind != JsonValueKind.Null
            && (isWhole ? !HasText(part.Value, "name") : part.Value.ValueKind != JsonValueKind.Object));

    private static bool HasNoCall(JsonElement choice, string part, bool isWhole) =>
        (choice.Member(part) ?? default).Members().Any(member => IsNoCall(member, isWhole));

    private bool IsComplete(JsonElement choices) =>
        !choices.Items().Any(choice => HasNoCall(choice, "message", isWhole: true) || HasNoCall(choice, "delta", isWhole: false))
        && Whole(choices).All(call => HasText(call, "id") && HasText(call, "type")
            && (call.Member("function") is null || Arguments(call) is { ValueKind: JsonValueKind.String }))
        && Pieces(choices).All(entry => Arguments(entry.Piece) is null or { ValueKind: JsonValueKind.String }
            && (_begun.TryGetValue(entry.Key, out var hasId)
                ? hasId || !HasText(entry.Piece, "id")
                : HasText(entry.Piece, "id") && HasText(entry.Piece, "type")));

    private ReadOnlyMemory<byte> WithIds(ReadOnlySpan<byte> choices)
    {
        var output = new ArrayBufferWriter<byte>(choices.Length + 64);
        var copied = 0;
        var reader = new Utf8JsonReader(choices);
        var callsDepth = -1;
        while (reader.Read())
        {
            if (callsDepth < 0)
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("tool_calls"u8))
                {
                    callsDepth = reader.CurrentDepth;
                }
            }
            else if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
            else if (reader.CurrentDepth == callsDepth + 2 && reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("id"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.Text() is { Length: > 0 } id)
                {
                    output.Write(choices[copied..(int)reader.TokenStartIndex]);
                    output.Write(Encoding.ASCII.GetBytes($"\"{Of(id)}\""));
                    copied = (int)reader.BytesConsumed;
                }
            }
            else if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
        }

        output.Write(choices[copied..]);
        return output.WrittenMemory;
    }

    private ReadOnlyMemory<byte> Completed(JsonElement choices, int length)
    {
        var output = new ArrayBufferWriter<byte>(length + 128);
        using (var json = new Utf8JsonWriter(output, ToolCallWriter.Relaxed))
        {
            json.WriteStartArray();
            var place = 0;
            foreach (var choice in choices.Items())
            {
                WriteChoice(json, choice, Index(choice, place++));
            }

            json.WriteEndArray();
        }

        return output.WrittenMemory;
    }

    private void WriteChoice(Utf8JsonWriter json, JsonElement choice, long index)
    {
        json.WriteStartObject();
        foreach (var member in choice.Members())
        {
            var isWhole = member.NameIs("message");
            if (!(isWhole || member.NameIs("delta")) || member.Value.ValueKind != JsonValueKind.Object)
            {
                member.WriteTo(json);
                continue;
            }

            json.WriteStartObject(member.NameText());
            foreach (var part in member.Value.Members())
            {
                if (part.NameIs("tool_calls") && part.Value.ValueKind == JsonValueKind.Array)
                {
                    WriteCalls(json, part.Value, index, isWhole);
                }
                else if (!IsNoCall(part, isWhole))
                {
                    part.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteCalls(Utf8JsonWriter json, JsonElement calls, long choice, bool isWhole)
    {
        json.WriteStartArray("tool_calls"u8);
        var place = 0;
        foreach (var call in calls.Items())
        {
            var key = (choice, Index(call, place++));
            if (call.ValueKind != JsonValueKind.Object)
            {
                call.WriteTo(json);
            }
            else if (isWhole || _begun.TryAdd(key, HasText(call, "id")))
            {
                ToolCallWriter.Write(json, call, this, isWhole);
            }
            else
            {
                ToolCallWriter.WritePiece(json, call, this, withId: _begun[key]);
            }
        }

        json.WriteEndArray();
    }
}
