using System.Text.Json;

namespace Ensemble.Fuzz.Tests.Mutation;

/// <summary>Where the values and members of a JSON text stand.</summary>
internal sealed class JsonSpans
{
    private readonly List<Range> _values = [];
    private readonly List<Range> _names = [];
    private readonly List<Range> _members = [];

    /// <summary>Values of any kind, the outermost too.</summary>
    public IReadOnlyList<Range> Values => _values;

    /// <summary>Names with their quotes.</summary>
    public IReadOnlyList<Range> Names => _names;

    /// <summary>Names with their values.</summary>
    public IReadOnlyList<Range> Members => _members;

    /// <returns>Null where the text is not JSON.</returns>
    public static JsonSpans? Read(ReadOnlySpan<byte> json)
    {
        var spans = new JsonSpans();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 200 });
        try
        {
            while (reader.Read())
            {
                spans.ReadValue(ref reader);
            }

            return spans;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void ReadValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadValue(ref reader);
            }
        }
        else if (reader.TokenType is JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = (int)reader.TokenStartIndex;
                _names.Add(name..(name + reader.ValueSpan.Length + 2));
                reader.Read();
                ReadValue(ref reader);
                _members.Add(name..(int)reader.BytesConsumed);
            }
        }

        _values.Add(start..(int)reader.BytesConsumed);
    }
}
