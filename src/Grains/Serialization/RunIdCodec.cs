using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Ensemble.Grains.Serialization;

/// <summary>A run's name on the wire: its digits, as any text.</summary>
[RegisterSerializer]
internal sealed class RunIdCodec : IFieldCodec<RunId>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, RunId value)
        where TBufferWriter : IBufferWriter<byte> => StringCodec.WriteField(ref writer, fieldIdDelta, value.Value);

    public RunId ReadValue<TInput>(ref Reader<TInput> reader, Field field) => Read(StringCodec.ReadValue(ref reader, field));

    /// <exception cref="InvalidDataException">It is no run's name.</exception>
    public static RunId Read(string? text) =>
        RunId.TryParse(text, out var run) ? run : throw new InvalidDataException($"'{text}' is not the name of a run.");
}

[RegisterCopier]
internal sealed class RunIdCopier : ShallowCopier<RunId>;
