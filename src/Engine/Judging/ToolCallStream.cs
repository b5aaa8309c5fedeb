using System.Buffers;
using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Chat;

namespace Ensemble.Judging;

/// <summary>
/// Takes the tool calls out of a stream's chunks: those that the request permits, numbered without gaps, with ids of ours. What else the
/// chunks hold is left out.
/// </summary>
internal sealed class ToolCallStream(ToolOffer tools, ToolCallIds ids)
{
    private readonly Dictionary<long, Call> _calls = [];
    private int _shown;

    /// <param name="choices">A JSON array of choices, each with its delta.</param>
    /// <param name="isFirst">Whether nothing of the answer was shown before, so that the role stands in it.</param>
    /// <returns>Choices to be shown; empty where there is nothing to show yet.</returns>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> choices, bool isFirst)
    {
        using var document = JsonSanitizer.Parse(choices);
        var pieces = document.RootElement.Items()
            .Where(static choice => (choice.Member("index")?.Whole() ?? 0) == 0)
            .SelectMany(static choice => (choice.Member("delta")?.Member("tool_calls") ?? default).Items())
            .Where(static piece => piece.ValueKind == JsonValueKind.Object)
            .SelectMany((piece, position) => Permitted(piece, piece.Member("index")?.Whole() ?? position)).ToArray();
        return pieces.Length == 0 ? default : Write(pieces, isFirst);
    }

    /// <returns>What of the call can be shown now: nothing before its name is known.</returns>
    private IEnumerable<(Call Call, JsonElement Piece)> Permitted(JsonElement piece, long index)
    {
        var id = piece.Member("id")?.Text();
        if (!_calls.TryGetValue(index, out var call) || call.IsFollowedBy(id, ToolCallJson.NameOf(piece)))
        {
            _calls[index] = call = new Call();
        }

        call.Id ??= id;
        if (call.IsLeftOut)
        {
            return [];
        }

        if (call.Position is not null)
        {
            return [(call, piece)];
        }

        call.Held.Add(piece.Clone());
        if (ToolCallJson.NameOf(piece) is not { Length: > 0 } name)
        {
            return [];
        }

        call.IsLeftOut = !tools.Permits(name);
        call.Position = call.IsLeftOut ? null : _shown++;
        return call.IsLeftOut ? [] : call.Held.Select(held => (call, held));
    }

    private ReadOnlyMemory<byte> Write(IReadOnlyList<(Call Call, JsonElement Piece)> pieces, bool isFirst)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, ToolCallWriter.Relaxed))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("delta"u8);
            if (isFirst)
            {
                json.WriteString("role"u8, "assistant"u8);
                json.WriteNull("content"u8);
            }

            json.WriteStartArray("tool_calls"u8);
            foreach (var (call, piece) in pieces)
            {
                if (call.HasBegun)
                {
                    ToolCallWriter.WritePiece(json, piece, ids, withId: false, call.Position);
                }
                else
                {
                    ToolCallWriter.Write(json, piece, ids, isWhole: false, call.Position);
                    call.HasBegun = true;
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteNull("finish_reason"u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return output.WrittenMemory;
    }

    private sealed class Call
    {
        /// <summary>Pieces that came before the name, and with it.</summary>
        public List<JsonElement> Held { get; } = [];

        /// <summary>The provider's; null while it has not come.</summary>
        public string? Id { get; set; }

        /// <summary>Its number among the calls that are shown; null while it is not known whether it is shown.</summary>
        public int? Position { get; set; }

        public bool IsLeftOut { get; set; }

        public bool HasBegun { get; set; }

        /// <summary>Whether a piece with the same index begins the next call: some servers number all calls 0.</summary>
        public bool IsFollowedBy(string? id, string? name) => name is { Length: > 0 } && id is not null && Id is not null && Id != id;
    }
}
