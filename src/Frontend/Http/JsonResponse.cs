using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ensemble.Frontend.Http;

/// <summary>Writes a JSON body in one piece, with its length.</summary>
internal static class JsonResponse
{
    /// <summary>Text stays readable: bodies are sent as application/json, never put into a page.</summary>
    public static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Above this a buffer is not kept for the next answer, in bytes.</summary>
    private const int MaxKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <param name="type">How the value is written: a folder with views has a context that knows them.</param>
    public static Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type) =>
        WriteAsync(response, (value, type), static (json, body) => JsonSerializer.Serialize(json, body.value, body.type));

    public static Task WriteAsync<T>(HttpResponse response, T value, Action<Utf8JsonWriter, T> write)
    {
        // One buffer and one writer a thread: the body is copied to the connection before this method gives the thread away.
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(4096);
        _buffer = null;
        var json = _writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        json.Reset(buffer);
        Fill(json, value, write);
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        if (buffer.Capacity <= MaxKept)
        {
            buffer.ResetWrittenCount();
            _buffer = buffer;
        }

        return response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).AsTask();
    }

    private static void Fill<T>(Utf8JsonWriter json, T value, Action<Utf8JsonWriter, T> write)
    {
        write(json, value);
        json.Flush();
    }
}
