using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Providers.Calls;

/// <summary>Folds the choices of a stream's chunks into those of a whole answer, for a call that asked for one and got a stream.</summary>
internal sealed class ChoicesAggregator
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Values that an answer may have: a value in a stream takes 70 times the memory of its text.</summary>
    private const int MaxNodes = 100_000;

    private readonly SortedDictionary<int, Node> _choices = [];
    private int _nodes;

    public int Count => _choices.Count;

    /// <param name="choices">A JSON array, with a delta in each choice.</param>
    /// <exception cref="InvalidDataException">All choices together have more values than an answer may have.</exception>
    public void Add(ReadOnlyMemory<byte> choices)
    {
        using var document = JsonSanitizer.Parse(choices);
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

    private void Add(SortedDictionary<int, Node> nodes, JsonElement items)
    {
        foreach (var item in items.EnumerateArray())
        {
            var key = item.Member("index")?.Whole() is >= 0 and <= int.MaxValue and var index ? (int)index : nodes.Count;
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes.Add(key, node = NewNode());
            }

            node.Add(item, isText: false);
        }
    }

    private Node NewNode() => ++_nodes <= MaxNodes
        ? new Node(this)
        : throw new InvalidDataException($"The provider's answer has more than {MaxNodes:N0} values in its choices.");

    private static void Write(Utf8JsonWriter writer, SortedDictionary<int, Node> nodes, bool keepsIndex)
    {
        writer.WriteStartArray();
        foreach (var node in nodes.Values)
        {
            node.Write(writer, keepsIndex);
        }

        writer.WriteEndArray();
    }

    /// <summary>
    /// A value that comes in pieces: text is joined, objects member by member, lists by the index of their items; of all else the last
    /// counts.
    /// </summary>
    private sealed class Node(ChoicesAggregator fold)
    {
        private Dictionary<string, Node>? _members;
        private SortedDictionary<int, Node>? _items;
        private JsonValueKind _kind = JsonValueKind.Null;
        private StringBuilder? _text;
        private byte[]? _value;

        /// <param name="isText">Whether a string is a piece of a text, and not a name.</param>
        public void Add(JsonElement value, bool isText)
        {
            if (value.ValueKind == JsonValueKind.Null
                || (_kind == JsonValueKind.String && value.ValueKind == JsonValueKind.String && !isText && value.TextIs("")))
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
                        if (!(_members ??= []).TryGetValue(name, out var member))
                        {
                            _members.Add(name, member = fold.NewNode());
                        }

                        member.Add(property.Value, name is not ("role" or "type" or "id" or "name" or "finish_reason"));
                    }

                    break;
                case JsonValueKind.Array:
                    fold.Add(_items ??= [], value);
                    break;
                case JsonValueKind.String when isText:
                    (_text ??= new StringBuilder()).Append(value.Text());
                    break;
                default:
                    _value = JsonMarshal.GetRawUtf8Value(value).ToArray();
                    break;
            }
        }

        public void Write(Utf8JsonWriter writer, bool keepsIndex)
        {
            switch (_kind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var (name, member) in _members ?? [])
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
                    ChoicesAggregator.Write(writer, _items ?? [], keepsIndex: false);
                    break;
                case JsonValueKind.String when _text is not null:
                    writer.WriteStringValue(_text.ToString());
                    break;
                case JsonValueKind.Null:
                    writer.WriteNullValue();
                    break;
                default:
                    writer.WriteRawValue(_value, skipInputValidation: true);
                    break;
            }
        }
    }
}
