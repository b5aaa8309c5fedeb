using System.Buffers;
using System.Text.Json;
using Ensemble.Frontend.Http;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary>Writes what watchers are told as server-sent events. A note is written once, however many watch.</summary>
internal static class UsageStreamWriter
{
    /// <returns>The number of bytes.</returns>
    public static int Write(IBufferWriter<byte> output, UsageNotification note)
    {
        var written = note.Written(static note => Write(note)).Span;
        output.Write(written);
        return written.Length;
    }

    public static void KeepAlive(IBufferWriter<byte> output) => output.Write(": keep-alive\n\n"u8);

    private static byte[] Write(UsageNotification note)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(output, JsonResponse.WriterOptions);
        output.Write(note switch
        {
            { Call: not null } => "event: sub_call\ndata: "u8,
            { Run: not null } => "event: run\ndata: "u8,
            { Dropped: > 0 } => "event: dropped\ndata: "u8,
            _ => "event: gap\ndata: "u8,
        });
        json.WriteStartObject();
        if (note.Call is { } call)
        {
            LedgerJson.Write(json, call);
        }
        else if (note.Run is { } run)
        {
            LedgerJson.Write(json, run);
        }
        else if (note.Dropped > 0)
        {
            json.WriteNumber("count"u8, note.Dropped);
        }

        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
        return output.WrittenSpan.ToArray();
    }
}
