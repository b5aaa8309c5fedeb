using System.Text;
using System.Text.Json;
using Ensemble.Json;

namespace Ensemble.Core.Tests.Json;

/// <summary>Elements of documents that were parsed without <see cref="JsonSanitizer"/>: no read of them throws.</summary>
public sealed class ReadingTests
{
    private static readonly string[] Values =
    [
        "null", "true", "[]", "[1]", "{}", "{\"\\ud83d\":1}", "{\"a\":1}", "\"a\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\u00ff\"", "\"\\u0061\"",
        "0", "-1", "1.5", "1e400", "-1e400",
        "1e-99999999999", "1e99999999999", "99999999999999999999", "123456789012345678901234567890123456789",
    ];

    public static TheoryData<string> All => [.. Values];

    [Theory]
    [MemberData(nameof(All))]
    public void EveryRead_AnyValue_DoesNotThrow(string json)
    {
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(json));
        var value = document.RootElement;

        _ = (value.Text(), value.TextIs("a"), value.TextIs("\ud83d"), value.RawText(), value.Number(), value.Whole(), value.Exact());
        foreach (var name in new[] { "a", "", "\ud83d", "abcdefghijklmnop", "\n" })
        {
            (value.Member(name) is not null).ShouldBe(name == "a" && json == "{\"a\":1}");
        }

        value.Items().Count().ShouldBe(value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0);
        value.Members().ShouldAllBe(member => member.NameIs("a") == (member.NameText() == "a"));
        foreach (var other in Values)
        {
            using var second = JsonDocument.Parse(Encoding.Latin1.GetBytes(other));
            var isSame = value.SameAs(second.RootElement);
            (isSame || json != other).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryReadOfAReader_AnyValue_DoesNotThrowAndEndsWithTheValue(string json)
    {
        var array = Encoding.Latin1.GetBytes($"[{json},\"end\"]");
        After(array, static (ref Utf8JsonReader reader) => reader.ReadText()).ShouldBe("end");
        After(array, static (ref Utf8JsonReader reader) => reader.ReadCount()).ShouldBe("end");
        After(array, static (ref Utf8JsonReader reader) =>
        {
            _ = (reader.TextIs("a"u8), reader.Text(), reader.Number(), reader.Whole());
            reader.Skip();
            return null;
        }).ShouldBe("end");
    }

    [Theory]
    [InlineData("\"He \\ud83d llo\"", "He \uFFFD llo")]
    [InlineData("\"\\ude00\\n\\\"\\\\\\/\\u00e9\"", "\uFFFD\n\"\\/é")]
    [InlineData("\"a\u00ffb\"", "a\uFFFDb")]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("1", null)]
    public void Text_OfElementAndReader_KeepsAllButTheBrokenCharacter(string json, string? expected)
    {
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(json));
        var reader = new Utf8JsonReader(Encoding.Latin1.GetBytes(json));
        reader.Read();

        document.RootElement.Text().ShouldBe(expected);
        reader.Text().ShouldBe(expected);
    }

    [Theory]
    [InlineData("1e400", null, null)]
    [InlineData("9223372036854775807", 9223372036854775807d, 9223372036854775807L)]
    [InlineData("9223372036854775808", 9223372036854775808d, null)]
    [InlineData("1.5", 1.5, null)]
    [InlineData("\"1\"", null, null)]
    public void Number_OutOfRange_IsNull(string json, double? number, long? whole)
    {
        using var document = JsonDocument.Parse(json);

        document.RootElement.Number().ShouldBe(number);
        document.RootElement.Whole().ShouldBe(whole);
    }

    [Fact]
    public void TryMember_SameNameTwice_TheLastCounts()
    {
        using var plain = JsonDocument.Parse("""{"a":1,"a":2}""");
        using var broken = JsonDocument.Parse("""{"a":1,"a":2,"\ud83d":3}""");

        (plain.RootElement.Member("a")?.Whole()).ShouldBe(2);
        (broken.RootElement.Member("a")?.Whole()).ShouldBe(2);
    }

    private delegate object? Reading(ref Utf8JsonReader reader);

    private static string? After(byte[] array, Reading reading)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        reader.Read();
        reading(ref reader);
        reader.Read();
        return reader.Text();
    }
}
