using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Simulated;

/// <summary>Reading and writing of small JSON values.</summary>
internal static class SimulatedJson
{
    // No HTML is made of it: an answer keeps its apostrophes and umlauts readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Element(ChatRequest chat, ChatField field)
    {
        var reader = new Utf8JsonReader(chat.Slice(field.Value), new JsonReaderOptions { MaxDepth = 256 });
        return JsonSanitizer.Take(ref reader);
    }

    /// <returns>Null where the element is no object or lacks the member.</returns>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.Member(name);

    public static string? Text(JsonElement? element) => element?.Text();

    public static byte[] Utf8<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer, state);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string String<TState>(TState state, Action<Utf8JsonWriter, TState> write) => Encoding.UTF8.GetString(Utf8(state, write));
}
