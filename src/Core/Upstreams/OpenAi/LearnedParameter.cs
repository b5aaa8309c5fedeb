using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>A parameter that a provider refused.</summary>
/// <param name="Value">The one value that it refused, as <see cref="KeyOf"/> has it; null = it takes none.</param>
/// <param name="SendAs">The name under which it wants the value; null = it is left out.</param>
/// <param name="Beside">The other parameter of a pair of which it takes one; null = it is refused by itself.</param>
/// <param name="BesideValue">The value of the other one, as <see cref="KeyOf"/> has it; null where there is none.</param>
internal sealed record LearnedParameter(string Name, string? Value, string? SendAs, string? Beside = null, string? BesideValue = null)
{
    private const int MaxValueLength = 64;

    public bool Refuses(ReadOnlySpan<byte> value) => Value is null || KeyOf(value) == Value;

    /// <param name="value">Of <see cref="Beside"/>, as it is sent.</param>
    public bool RefusesBeside(ReadOnlySpan<byte> value) => BesideValue is null || KeyOf(value) == BesideValue;

    /// <summary>A value as it is remembered: itself, or where it is long its digest.</summary>
    public static string KeyOf(ReadOnlySpan<byte> value) =>
        value.Length <= MaxValueLength ? Encoding.UTF8.GetString(value) : Convert.ToHexString(SHA256.HashData(value));
}
