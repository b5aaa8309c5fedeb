using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ensemble;

/// <summary>
/// A run's name: 32 lower-case hexadecimal digits. New ones are UUIDs of version 7 (RFC 9562), so that the primary keys of tables grow at
/// their end; older ones are random digits throughout.
/// </summary>
public readonly record struct RunId
{
    /// <summary>Of a name as bytes.</summary>
    public const int Bytes = 16;

    private const int TimeBytes = 6;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private RunId(string value) => Value = value;

    public string Value { get; }

    /// <summary>A name that begins with the time in milliseconds; its other 74 bits are random, so that it cannot be guessed.</summary>
    /// <param name="time">Null = the system's clock.</param>
    public static RunId New(TimeProvider? time = null)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds() << 16);
        RandomNumberGenerator.Fill(bytes[TimeBytes..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return Of(bytes);
    }

    /// <param name="bytes">As many as <see cref="Bytes"/>.</param>
    public static RunId Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(bytes[..Bytes]));

    /// <param name="bytes">Takes as many as <see cref="Bytes"/>, in the order of the digits.</param>
    public void CopyTo(Span<byte> bytes) => Convert.FromHexString(Value, bytes, out _, out _);

    public static bool TryParse(string? text, out RunId id)
    {
        var valid = text is { Length: 32 } && !text.AsSpan().ContainsAnyExcept(Digits);
        id = valid ? new RunId(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
