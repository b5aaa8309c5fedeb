using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ensemble.Catalog;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// Chance that repeats: a number that depends on what was mixed in and on its purpose, and on nothing else. The mixing is
/// the finaliser of SplitMix64 (Steele, Lea, Flood, 2014), because string hashes differ from process to process.
/// </summary>
internal readonly struct SimulatedDraw
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _state;

    private SimulatedDraw(ulong state) => _state = state;

    /// <summary>A model's own draw, the same for all its requests.</summary>
    public static SimulatedDraw OfModel(SimulatedConfig config, string model) => OfText(model).With(unchecked((ulong)config.Seed));

    /// <summary>A draw that all models share.</summary>
    public static SimulatedDraw OfText(ReadOnlySpan<char> text) => new SimulatedDraw(Golden).With(MemoryMarshal.AsBytes(text));

    public SimulatedDraw With(ulong value) => new(Mix(unchecked(_state + Golden) ^ value));

    public SimulatedDraw With(ReadOnlySpan<byte> bytes)
    {
        var state = _state ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            state = Mix(unchecked(state + Golden) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (var unit in bytes)
        {
            rest = (rest << 8) | unit;
        }

        return new(Mix(unchecked(state + Golden) ^ rest));
    }

    public ulong Bits(SimulatedPurpose purpose) => Mix(unchecked(_state + ((ulong)purpose * Golden)));

    /// <returns>From 0 to below 1.</returns>
    public double Share(SimulatedPurpose purpose) => (Bits(purpose) >> 11) * (1.0 / (1UL << 53));

    /// <returns>From 0 to below <paramref name="count"/>.</returns>
    public int Pick(SimulatedPurpose purpose, int count) => (int)(Share(purpose) * count);

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
