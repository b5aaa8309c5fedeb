using System.Buffers;

namespace Ensemble.Catalog.Reading;

internal static class DisplayName
{
    public const int MaxLength = 128;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Characters);
    private static readonly SearchValues<char> AllowedInGlob = SearchValues.Create(Characters + "*?");

    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && !name.AsSpan().ContainsAnyExcept(Allowed);

    public static bool IsGlob(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(AllowedInGlob);
}
