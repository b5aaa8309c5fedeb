namespace Ensemble.Chat;

/// <summary>Whether the value of a request's field asks for no more than its absence would.</summary>
internal static class NeutralValue
{
    /// <summary><c>null</c>, <c>false</c> and an empty array: neutral in every field.</summary>
    public static bool IsNullOrEmpty(ReadOnlySpan<byte> json) =>
        json.SequenceEqual("null"u8) || json.SequenceEqual("false"u8) || IsEmptyArray(json);

    /// <summary>The words "none" and "auto": neutral where the field says how something is chosen that was not sent.</summary>
    public static bool IsDefaultWord(ReadOnlySpan<byte> json) => json.SequenceEqual("\"none\""u8) || json.SequenceEqual("\"auto\""u8);

    /// <summary>All of these, and 0: neutral where 0 is the default of the fields with numbers.</summary>
    public static bool IsDefault(ReadOnlySpan<byte> json) => IsNullOrEmpty(json) || IsDefaultWord(json) || json.SequenceEqual("0"u8);

    public static bool IsEmptyArray(ReadOnlySpan<byte> json) => json[0] == (byte)'[' && IsEmptyInside(json);

    public static bool IsEmptyObject(ReadOnlySpan<byte> json) => json[0] == (byte)'{' && IsEmptyInside(json);

    private static bool IsEmptyInside(ReadOnlySpan<byte> json) => json[1..^1].Trim(" \t\r\n"u8).IsEmpty;
}
