using System.Text.Json;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;

namespace Ensemble.Providers.OpenAi;

/// <summary>Reads the vectors of an answer, and brings each to length 1.</summary>
internal static class EmbeddingReader
{
    private const int FirstSize = 1536;

    /// <param name="count">Vectors that were asked for.</param>
    /// <exception cref="JsonException">
    /// Not one JSON object, or not so many vectors, or some that differ in size, are all zero, or hold what is no finite number.
    /// </exception>
    public static Completion Read(ReadOnlySpan<byte> json, int count)
    {
        var completion = new Completion();
        float[][]? vectors = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("data"u8))
            {
                reader.Read();
                vectors = ReadAll(ref reader, count);
            }
            else if (reader.TextIs("usage"u8))
            {
                reader.Read();
                completion.Usage = UsageReader.Read(ref reader);
            }
            else if (reader.TextIs("error"u8))
            {
                reader.Read();
                completion.Error = ErrorReader.Read(ref reader) ?? completion.Error;
            }
            else
            {
                reader.Skip();
            }
        }

        // Throws where something follows the object.
        reader.Read();
        completion.Vectors = vectors ?? (completion.Error is null ? throw new JsonException("It has no data.") : null);
        return completion;
    }

    private static float[][] ReadAll(ref Utf8JsonReader reader, int count)
    {
        reader.Expect(JsonTokenType.StartArray);
        var vectors = new float[count][];
        var read = 0;
        var size = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (index, vector) = ReadOne(ref reader, read, size);
            if (read++ >= count || index < 0 || index >= count || vectors[index] is not null)
            {
                throw new JsonException($"It has other vectors than the {count} that were asked for.");
            }

            vectors[index] = vector;
            if (size != 0 && vector.Length != size)
            {
                throw new JsonException($"Its vectors differ in size: {size} and {vector.Length}.");
            }

            size = vector.Length;
        }

        return read == count ? vectors : throw new JsonException($"It has {read} vectors, {count} were asked for.");
    }

    private static (int Index, float[] Vector) ReadOne(ref Utf8JsonReader reader, int position, int size)
    {
        reader.Expect(JsonTokenType.StartObject);
        var index = position;
        float[]? vector = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("index"u8))
            {
                reader.Read();
                index = reader.Whole() is >= int.MinValue and <= int.MaxValue and var number ? (int)number : index;
                reader.Skip();
            }
            else if (reader.TextIs("embedding"u8))
            {
                reader.Read();
                vector = Unit(ReadNumbers(ref reader, size));
            }
            else
            {
                reader.Skip();
            }
        }

        return (index, vector ?? throw new JsonException("It has an entry without a vector."));
    }

    private static float[] ReadNumbers(ref Utf8JsonReader reader, int size)
    {
        reader.Expect(JsonTokenType.StartArray);
        var numbers = new List<float>(size == 0 ? FirstSize : size);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Expect(JsonTokenType.Number);
            numbers.Add(reader.TryGetSingle(out var number) && float.IsFinite(number)
                ? number
                : throw new JsonException($"A number is too large at byte {reader.TokenStartIndex}."));
        }

        return [.. numbers];
    }

    private static float[] Unit(float[] vector)
    {
        // In double precision, where the squares of no floats overflow.
        var length = Math.Sqrt(vector.Sum(number => (double)number * number));
        if (length == 0)
        {
            throw new JsonException("It has a vector of zeros, or of nothing.");
        }

        for (var place = 0; place < vector.Length; place++)
        {
            vector[place] = (float)(vector[place] / length);
        }

        return vector;
    }
}
