using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Ensemble.Load.Stub;

/// <summary>The little that the stub has to know of a request.</summary>
/// <param name="Run">Number of the run that the question names; -1 where it names none.</param>
internal readonly record struct StubRequest(string Model, bool Stream, int Run)
{
    public static async ValueTask<StubRequest> ReadAsync(PipeReader body, CancellationToken cancel)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            if (read.IsCompleted)
            {
                var request = Parse(read.Buffer);
                body.AdvanceTo(read.Buffer.End);
                return request;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static StubRequest Parse(ReadOnlySequence<byte> body)
    {
        ReadOnlySpan<byte> bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        var reader = new Utf8JsonReader(bytes);
        var model = "";
        var stream = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals("model"u8);
            var isStream = reader.ValueTextEquals("stream"u8);
            reader.Read();
            if (isModel)
            {
                model = reader.GetString() ?? "";
            }
            else if (isStream)
            {
                stream = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Skip();
            }
        }

        return new StubRequest(model, stream, RunMark.Read(bytes));
    }
}
