using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>A catalog as its entries, and the entries as one catalog.</summary>
internal static class CatalogEntries
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="json">A valid catalog file.</param>
    /// <returns>Its entries without comments, by kind, then by name.</returns>
    public static IReadOnlyList<CatalogEntry> Split(ReadOnlyMemory<byte> json, long version)
    {
        using var document = CatalogJson.Parse(json).Document!;
        var root = document.RootElement;
        return
        [
            .. Of(root, "models", CatalogEntryKind.Model, version).OrderBy(entry => entry.Name, StringComparer.Ordinal),
            .. Of(root, "keys", CatalogEntryKind.Key, version).OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
    }

    /// <param name="json">A valid catalog file.</param>
    /// <returns>Its entries without comments, each with the list and the place in it where the file has it.</returns>
    public static IEnumerable<(string List, int Place, CatalogEntry Entry)> InOrder(ReadOnlyMemory<byte> json)
    {
        using var document = CatalogJson.Parse(json).Document!;
        foreach (var kind in (IEnumerable<CatalogEntryKind>)[CatalogEntryKind.Model, CatalogEntryKind.Key])
        {
            var list = kind == CatalogEntryKind.Model ? "models" : "keys";
            var place = 0;
            foreach (var entry in Of(document.RootElement, list, kind, version: 0))
            {
                yield return (list, place++, entry);
            }
        }
    }

    /// <returns>One catalog, and the places of entries that are no JSON; null stands there instead.</returns>
    public static (ReadOnlyMemory<byte> Json, IReadOnlyList<(CatalogEntryKind Kind, int Index)> Broken) Join(
        IReadOnlyList<CatalogEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var broken = new List<(CatalogEntryKind, int)>();
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        foreach (var (name, kind) in (ReadOnlySpan<(string, CatalogEntryKind)>)
            [("models", CatalogEntryKind.Model), ("keys", CatalogEntryKind.Key)])
        {
            writer.WriteStartArray(name);
            var index = 0;
            foreach (var entry in entries)
            {
                if (entry.Kind == kind && !TryWrite(writer, entry.Json, broken.Add, (kind, index++)))
                {
                    writer.WriteNullValue();
                }
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return (buffer.WrittenMemory, broken);
    }

    /// <summary>Writes an object again, without comments, with some fields changed.</summary>
    /// <param name="write">Writes a field instead; false = it stays as it is.</param>
    /// <param name="append">Writes what is added at the end.</param>
    public static byte[] Rewrite(JsonElement entry, Func<Utf8JsonWriter, JsonProperty, bool> write, Action<Utf8JsonWriter>? append = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var property in entry.EnumerateObject())
            {
                if (!write(writer, property))
                {
                    property.WriteTo(writer);
                }
            }

            append?.Invoke(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static string NameField(CatalogEntryKind kind) => kind == CatalogEntryKind.Model ? "display_name" : "name";

    private static IEnumerable<CatalogEntry> Of(JsonElement root, string field, CatalogEntryKind kind, long version)
    {
        if (!root.TryMember(field, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var item in list.EnumerateArray())
        {
            yield return new CatalogEntry(kind, item.Member(NameField(kind))?.Text() ?? "", Rewrite(item, static (_, _) => false), version);
        }
    }

    private static bool TryWrite<T>(Utf8JsonWriter writer, ReadOnlyMemory<byte> json, Action<T> onBroken, T place)
    {
        try
        {
            writer.WriteRawValue(json.Span);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            onBroken(place);
            return false;
        }
    }
}
