using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;

namespace Ensemble.Frontend.Chat;

/// <summary>Writes the chunks of one streamed completion. What all of them share is encoded once.</summary>
internal sealed class ChunkWriter(PipeWriter output, RunRequest request, long created) : IAnswerStream
{
    private readonly Utf8JsonWriter _json = new(output, JsonResponse.WriterOptions);
    private readonly byte[] _head = Head(request, created);
    private bool _hasRole;

    /// <summary>A piece of an ensemble's answer; the first one is led by the role chunk.</summary>
    public void Content(string text)
    {
        Role();
        Open("{\"content\":"u8);
        _json.Reset(output);
        _json.WriteStringValue(text);
        _json.Flush();
        Close("null"u8);
    }

    /// <summary>A direct model's chunk, or an ensemble's tool calls.</summary>
    public void Choices(ChoicesDelta delta)
    {
        _hasRole = true;
        output.Write(_head);
        output.Write(delta.Choices.Span);
        Fields(delta.Fields.Span);
        CloseChunk();
    }

    /// <summary>Finish chunk, usage chunk where asked for, and the end mark.</summary>
    public void End(RunCompleted completed)
    {
        if (completed.Answer.Refusal is { } refusal)
        {
            Role();
            Open("{\"refusal\":"u8);
            _json.Reset(output);
            _json.WriteStringValue(refusal);
            _json.Flush();
            Close("null"u8);
        }

        // A direct model's own finish chunk has gone out.
        if (!completed.Answer.IsDirect)
        {
            Role();
            output.Write(_head);
            output.Write("[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":"u8);
            _json.Reset(output);
            _json.WriteStringValue(completed.Answer.FinishReason);
            _json.Flush();
            output.Write("}]"u8);
            CloseChunk();
        }

        if (request.Chat.IncludeUsage)
        {
            output.Write(_head);
            output.Write("[]"u8);
            Fields(completed.Answer.Fields.Span);
            output.Write(","u8);

            // The writer gives an object; without its braces it is the rest of this one.
            var buffer = new ArrayBufferWriter<byte>(256);
            _json.Reset(buffer);
            _json.WriteStartObject();
            _json.WritePropertyName("usage"u8);
            UsageJson.Write(_json, completed.Usage, completed.Answer.UsageFields);
            _json.WriteEndObject();
            _json.Flush();
            output.Write(buffer.WrittenSpan[1..]);
            output.Write("\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public void Error(ApiError error)
    {
        output.Write("data: "u8);
        _json.Reset(output);
        ApiErrorWriter.Write(_json, error);
        _json.Flush();
        output.Write("\n\n"u8);
    }

    public void KeepAlive() => EventStream.Comment(output);

    public void Dispose() => _json.Dispose();

    private static byte[] Head(RunRequest request, long created)
    {
        var model = JsonEncodedText.Encode(request.Chat.Model, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return System.Text.Encoding.UTF8.GetBytes(
            $$"""data: {"id":"chatcmpl-{{request.Id.Value}}","object":"chat.completion.chunk","created":{{created}},"model":"{{model}}","choices":""");
    }

    private void Role()
    {
        if (_hasRole)
        {
            return;
        }

        _hasRole = true;
        Open("{\"role\":\"assistant\",\"content\":\"\""u8);
        Close("null"u8);
    }

    private void Open(ReadOnlySpan<byte> delta)
    {
        output.Write(_head);
        output.Write("[{\"index\":0,\"delta\":"u8);
        output.Write(delta);
    }

    private void Close(ReadOnlySpan<byte> finishReason)
    {
        output.Write("},\"logprobs\":null,\"finish_reason\":"u8);
        output.Write(finishReason);
        output.Write("}]"u8);
        CloseChunk();
    }

    /// <param name="fields">A JSON object with members, which go into the chunk; or nothing.</param>
    private void Fields(ReadOnlySpan<byte> fields)
    {
        if (!fields.IsEmpty)
        {
            output.Write(","u8);
            output.Write(fields[1..^1]);
        }
    }

    private void CloseChunk() => output.Write(request.Chat.IncludeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
}
