using System.Buffers;
using System.Security.Cryptography;

namespace Ensemble.Runs;

/// <summary>A run's name: 32 lower-case hexadecimal digits.</summary>
public readonly record struct RunId
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private RunId(string value) => Value = value;

    public string Value { get; }

    /// <summary>A name that nobody can guess.</summary>
    public static RunId New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    public static bool TryParse(string? text, out RunId id)
    {
        var valid = text is { Length: 32 } && !text.AsSpan().ContainsAnyExcept(Digits);
        id = valid ? new RunId(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
