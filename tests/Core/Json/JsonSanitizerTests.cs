using System.Text;
using System.Text.Json;
using Ensemble.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Json;

public sealed class JsonSanitizerTests
{
    // As UTF-16 units 0 to 255 that stand for bytes, so that broken UTF-8 can be written here.
    private static readonly string[] Pieces =
    [
        "\\ud83d", "\\ude00", "\\uD83D\\uDE00", "\\u0061", "\\\\", "\\\\ud83d", "\\n", "\\u0000", "\\uffff", "a",
        "\u00ff", "\u00ed\u00a0\u0080", "\u00c3\u00a9", "\u00c3", "{}", "ud83d", "\\\"",
    ];

    private static readonly Gen<string> Texts = Gen.Elements(Pieces).ListOf().Select(string.Concat);

    [Theory]
    [InlineData("\"\\ud83d\\ude00\"", true)]
    [InlineData("\"\\\\ud83d\"", true)]
    [InlineData("\"\\\\\\ud83d\"", false)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("\"\\ude00\\ud83d\"", false)]
    [InlineData("\"\\uD83D\\n\"", false)]
    [InlineData("\"\u00ff\"", false)]
    [InlineData("\"\\u00e9 \u00c3\u00a9\"", true)]
    public void IsWellFormed_TextOfAString_SaysWhetherItCanBeRead(string json, bool expected) =>
        JsonSanitizer.IsWellFormed(Encoding.Latin1.GetBytes(json)).ShouldBe(expected);

    [Fact]
    public void IsWellFormed_AnyText_AgreesWithTheReader() => Prop.ForAll(Arb.From(Texts), text =>
    {
        var json = Encoding.Latin1.GetBytes($"\"{text}\"");
        using var document = JsonDocument.Parse(json);
        var isReadable = Record.Exception(() => document.RootElement.GetString()) is null;
        return JsonSanitizer.IsWellFormed(json) == isReadable;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_AnyText_LosesNothingButTheHalves() => Prop.ForAll(Arb.From(Texts), text =>
    {
        var json = Encoding.Latin1.GetBytes($"{{\"{text}\":\"{text}\"}}");
        using var document = JsonSanitizer.Parse(json);
        using var raw = JsonDocument.Parse(json);
        var member = document.RootElement.EnumerateObject().Single();
        var guarded = raw.RootElement.EnumerateObject().Single();
        var isSound = JsonSanitizer.IsWellFormed(json);
        return member.Name == member.Value.GetString()
            && guarded.NameText() == member.Name
            && guarded.Value.Text() == member.Name
            && (!isSound || document.RootElement.GetRawText() == Encoding.UTF8.GetString(json))
            && Reader(json) == member.Name;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_TextWithHalfACharacterItself_ReplacesIt()
    {
        using var document = JsonSanitizer.Parse("{\"a\":\"x\ud83d\"}");

        document.RootElement.Member("a")?.Text().ShouldBe("x\uFFFD");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("\"\\u12\"")]
    public void TryParse_NoJson_ReturnsNull(string json) => JsonSanitizer.TryParse(Encoding.UTF8.GetBytes(json)).ShouldBeNull();

    [Fact]
    public void TryParse_DeepNesting_ReturnsNull() =>
        JsonSanitizer.TryParse(Encoding.UTF8.GetBytes(new string('[', 70) + new string(']', 70))).ShouldBeNull();

    [Fact]
    public void Parse_ByteOrderMark_IsSkipped()
    {
        using var document = JsonSanitizer.Parse(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'1' });

        document.RootElement.Whole().ShouldBe(1);
    }

    [Fact]
    public void ParseNode_DuplicateNames_TheLastCounts() =>
        JsonSanitizer.ParseNode("""{"a":1,"b\ud83d":[null,"x"],"a":2}"""u8.ToArray())!.ToJsonString().ShouldBe("""{"a":2,"b\uFFFD":[null,"x"]}""");

    [Fact]
    public void Take_HalfACharacter_IsReplacedAndTheReaderGoesOn()
    {
        var reader = new Utf8JsonReader("""[{"a":"x\ud83d"},2]"""u8);
        reader.Read();
        reader.Read();

        var taken = JsonSanitizer.Take(ref reader);
        reader.Read();

        taken.GetRawText().ShouldBe("""{"a":"x\ufffd"}""");
        reader.Whole().ShouldBe(2);
    }

    private static string? Reader(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Read();
        var name = reader.Text();
        var isSame = name is not null && reader.TextIs(Encoding.UTF8.GetBytes(name)) && !reader.TextIs("other"u8);
        return isSame || !JsonSanitizer.IsWellFormed(json) ? name : null;
    }
}
