using System.Buffers.Binary;

namespace Ensemble.Catalog;

/// <summary>A SHA-256 digest as a value that is compared and looked up as a whole.</summary>
internal readonly record struct KeyDigest(UInt128 First, UInt128 Second)
{
    /// <param name="sha256">32 bytes.</param>
    public static KeyDigest Of(ReadOnlySpan<byte> sha256) =>
        new(BinaryPrimitives.ReadUInt128LittleEndian(sha256), BinaryPrimitives.ReadUInt128LittleEndian(sha256[16..]));
}
