using System.Text;

namespace Ensemble.Fuzz.Tests.Mutation;

/// <summary>Values that readers of JSON trip over.</summary>
internal static class Oddities
{
    /// <summary>What may stand inside a string; some of it makes the JSON around it invalid.</summary>
    public static readonly byte[][] Inside =
    [
        .. Texts(
            "", " ", "\\ud83d", "\\ude00", "\\ud83d\\ude00", "\\ud83dx\\ude00", "\\u0000", "\\u0007", "\\\\", "\\\"", "\\n\\n", "\\u2028", "\uFEFF", "\uFFFD", "😀", "é",
            "\\u003cthink\\u003e", "<think>", "</think>", "<thinking>", "```json\\n", "```", "{", "}", "[[", "data: [DONE]", "null", "true", "NaN", "-0", "1e999", "A", "B",
            "env:HOME", "file:/etc/passwd", "file:\\u0000", "../..", "http://127.0.0.1:1/v1", "\\\\boxed{", "####", "1,000,000", "½", "٣", "%s%n", "*", "日本語。日本語。"),
        [0xFF], [0xC3], [0xED, 0xA0, 0xBD], [0xF4, 0x90, 0x80, 0x80], [0x00], [0x0A], [0x80],
        Encoding.UTF8.GetBytes(new string('a', 3000)), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("9", 400))),
    ];

    /// <summary>What may stand in the place of a value.</summary>
    public static readonly byte[][] Values =
    [
        .. Texts(
            "null", "true", "false", "0", "-1", "1", "2", "1.5", "-0.0", "1e3", "1e400", "-1e400", "1E-400", "1e99999999999", "9223372036854775807", "9223372036854775808",
            "18446744073709551616", "2147483648", "0.1", "\"\"", "\" \"", "\"0\"", "\"null\"", "\"auto\"", "\"none\"", "\"required\"", "\"\\ud83d\"", "\"\\u0000\"", "[]", "{}",
            "[null]", "[[]]", "[{}]", "{\"\":null}", "{\"a\":1,\"a\":2}", "{\"\\ud83d\":1}", "[1,\"a\",null,{}]", "\"json_object\"", "{\"type\":\"json_object\"}", "[\"\\n\"]",
            "{\"type\":\"text\",\"text\":\"x\"}", "[{\"type\":\"text\",\"text\":\"x\"}]", "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]",
            "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}", "nul", "", "'a'", "01", "+1", "// c", "{\"error\":{\"message\":\"x\",\"code\":500}}"),
        Encoding.UTF8.GetBytes(new string('[', 70) + new string(']', 70)),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40)),
        Encoding.UTF8.GetBytes(new string('[', 5000)),
        Encoding.UTF8.GetBytes(new string('9', 500)),
        Encoding.UTF8.GetBytes('"' + new string('x', 20_000) + '"'),
    ];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);
}
