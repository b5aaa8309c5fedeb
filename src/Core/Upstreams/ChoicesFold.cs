using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>Folds the choices of a stream's chunks into those of a whole answer, for a call that asked for one and got a stream.</summary>
internal sealed class ChoicesFold
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<int, Node> _choices = [];

    public int Count => _choices.Count;

    /// <param name="choices">A JSON array, with a delta in each choice.</param>
    public void Add(ReadOnlyMemory<byte> choices)
    {
        using var document = SoundJson.Parse(choices);
        Add(_choices, document.RootElement);
    }

    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            Write(writer, _choices, keepsIndex: true);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Add(SortedDictionary<int, Node> nodes, JsonElement items)
    {
        foreach (var item in items.EnumerateArray())
        {
            var key = item.Member("index")?.Whole() is >= 0 and <= int.MaxValue and var index ? (int)index : nodes.Count;
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes.Add(key, node = new Node());
            }

            node.Add(item, isText: false);
        }
    }

    private static void Write(Utf8JsonWriter writer, SortedDictionary<int, Node> nodes, bool keepsIndex)
    {
        writer.WriteStartArray();
        foreach (var node in nodes.Values)
        {
            node.Write(writer, keepsIndex);
        }

        writer.WriteEndArray();
    }

    /// <summary>A value that comes in pieces: text is joined, objects member by member, lists by the index of their items; of all else the last counts.</summary>
    private sealed class Node
    {
        private readonly Dictionary<string, Node> _members = [];
        private readonly SortedDictionary<int, Node> _items = [];
        private JsonValueKind _kind = JsonValueKind.Null;
        private StringBuilder? _text;
        private JsonElement _value;

        /// <param name="isText">Whether a string is a piece of a text, and not a name.</param>
        public void Add(JsonElement value, bool isText)
        {
            if (value.ValueKind == JsonValueKind.Null || (_kind == JsonValueKind.String && value.ValueKind == JsonValueKind.String && !isText && value.TextIs("")))
            {
                return;
            }

            _kind = value.ValueKind;
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject())
                    {
                        var name = property.NameText() == "delta" ? "message" : property.NameText();
                        if (!_members.TryGetValue(name, out var member))
                        {
                            _members.Add(name, member = new Node());
                        }

                        member.Add(property.Value, name is not ("role" or "type" or "id" or "name" or "finish_reason"));
                    }

                    break;
                case JsonValueKind.Array:
                    ChoicesFold.Add(_items, value);
                    break;
                case JsonValueKind.String when isText:
                    (_text ??= new StringBuilder()).Append(value.Text());
                    break;
                default:
                    _value = value.Clone();
                    break;
            }
        }

        public void Write(Utf8JsonWriter writer, bool keepsIndex)
        {
            switch (_kind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var (name, member) in _members)
                    {
                        if (keepsIndex || name != "index")
                        {
                            writer.WritePropertyName(name);
                            member.Write(writer, keepsIndex: false);
                        }
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    ChoicesFold.Write(writer, _items, keepsIndex: false);
                    break;
                case JsonValueKind.String when _text is not null:
                    writer.WriteStringValue(_text.ToString());
                    break;
                case JsonValueKind.Null:
                    writer.WriteNullValue();
                    break;
                default:
                    _value.WriteTo(writer);
                    break;
            }
        }
    }
}
