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
        switch (note)
        {
            case { Call: { } call }:
                output.Write("event: sub_call\ndata: "u8);
                JsonSerializer.Serialize(json, new SubCallRow(call), AdminJson.Default.SubCallRow);
                break;
            case { Run: { } run }:
                output.Write("event: run\ndata: "u8);
                JsonSerializer.Serialize(json, new RunRow(run), AdminJson.Default.RunRow);
                break;
            case { Dropped: > 0 and var count }:
                output.Write("event: dropped\ndata: "u8);
                JsonSerializer.Serialize(json, new DroppedNotifications(count), AdminJson.Default.DroppedNotifications);
                break;
            default:
                output.Write("event: gap\ndata: {}"u8);
                break;
        }

        output.Write("\n\n"u8);
        return output.WrittenSpan.ToArray();
    }
}
