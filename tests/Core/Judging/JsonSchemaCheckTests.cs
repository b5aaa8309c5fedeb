using System.Diagnostics;
using System.Text.Json;
using Ensemble.Answers;

namespace Ensemble.Core.Tests.Judging;

public sealed class JsonSchemaCheckTests
{
    [Theory]
    [InlineData("{\"type\":\"object\"}", "{}", true)]
    [InlineData("{\"type\":\"object\"}", "[]", false)]
    [InlineData("{\"type\":[\"string\",\"null\"]}", "null", true)]
    [InlineData("{\"type\":[\"string\",\"null\"]}", "1", false)]
    [InlineData("{\"type\":\"integer\"}", "3.0", true)]
    [InlineData("{\"type\":\"integer\"}", "3.5", false)]
    [InlineData("{\"required\":[\"a\"]}", "{\"a\":null}", true)]
    [InlineData("{\"required\":[\"a\"]}", "{\"b\":1}", false)]
    [InlineData("{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}", false)]
    [InlineData("{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}", true)]
    [InlineData("{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"b\":2}", false)]
    [InlineData("{\"additionalProperties\":{\"type\":\"number\"}}", "{\"b\":\"x\"}", false)]
    [InlineData("{\"items\":{\"type\":\"number\"},\"minItems\":1,\"maxItems\":2}", "[1,2]", true)]
    [InlineData("{\"items\":{\"type\":\"number\"}}", "[1,\"2\"]", false)]
    [InlineData("{\"minItems\":1}", "[]", false)]
    [InlineData("{\"maxItems\":1}", "[1,2]", false)]
    [InlineData("{\"enum\":[1,\"a\"]}", "1.0", true)]
    [InlineData("{\"enum\":[1,\"a\"]}", "\"b\"", false)]
    [InlineData("{\"const\":{\"a\":[1]}}", "{\"a\":[1]}", true)]
    [InlineData("{\"const\":{\"a\":[1]}}", "{\"a\":[2]}", false)]
    [InlineData("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}", "1", true)]
    [InlineData("{\"anyOf\":[{\"type\":\"string\"}]}", "1", false)]
    [InlineData("{\"oneOf\":[{\"type\":\"number\"},{\"type\":\"integer\"}]}", "1", false)]
    [InlineData("{\"oneOf\":[{\"type\":\"number\"},{\"type\":\"integer\"}]}", "1.5", true)]
    [InlineData("{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "3", false)]
    [InlineData("{\"minimum\":1,\"maximum\":2}", "1", true)]
    [InlineData("{\"exclusiveMinimum\":1}", "1", false)]
    [InlineData("{\"exclusiveMaximum\":2}", "2", false)]
    [InlineData("{\"minLength\":2}", "\"a\"", false)]
    [InlineData("{\"maxLength\":1}", "\"\\ud83d\\ude00\"", true)]
    [InlineData("{\"maxLength\":1}", "\"e\\u0301\"", false)]
    [InlineData("{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/n\"}},\"required\":[\"v\"]}},\"$ref\":\"#/$defs/n\"}", "{\"v\":1,\"next\":{\"v\":2}}", true)]
    [InlineData("{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/n\"}},\"required\":[\"v\"]}},\"$ref\":\"#/$defs/n\"}", "{\"v\":1,\"next\":{}}", false)]
    [InlineData("{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"string\"}]},\"b\":{\"$ref\":\"#/properties/a/anyOf/0\"}}}", "{\"b\":1}", false)]
    [InlineData("{\"$defs\":{\"a b/c\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/a%20b~1c\"}", "\"x\"", true)]
    [InlineData("{\"$ref\":\"#\"}", "1", false)]
    [InlineData("{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1", false)]
    [InlineData("{\"pattern\":\"^a\"}", "\"b\"", true)]
    [InlineData("true", "1", true)]
    [InlineData("false", "1", false)]
    public void IsValid_ValueAndSchema_AgreesWithTheSpecification(string schema, string value, bool expected) =>
        JsonSchemaCheck.IsValid(Json(value), Json(schema)).ShouldBe(expected);

    [Theory]
    [InlineData("{\"$ref\":\"#/$defs/none\"}")]
    [InlineData("{\"$ref\":\"https://example.test/schema\"}")]
    [InlineData("{\"$ref\":\"#anchor\"}")]
    [InlineData("{\"required\":7}")]
    public void IsValid_BrokenSchema_SaysThatItIsNoSchema(string schema) =>
        Should.Throw<InvalidOperationException>(() => JsonSchemaCheck.IsValid(Json("{}"), Json(schema)));

    /// <summary>Each takes hours where what is compared, looked up or decoded counts for nothing.</summary>
    [Theory]
    [MemberData(nameof(Blowups))]
    public void IsValid_MoreWorkThanACheckMayTake_IsInvalidSoon(string kind)
    {
        var (schema, value) = Blowup(kind);
        var watch = Stopwatch.StartNew();

        JsonSchemaCheck.IsValid(Json(value), Json(schema)).ShouldBeFalse();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void IsValid_ReferenceOfEightMillionSteps_EndsAtTheFirstThatLeadsNowhere()
    {
        var schema = Json($$"""{"$ref":"#{{new string('/', 8_000_000)}}"}""");
        Should.Throw<InvalidOperationException>(() => JsonSchemaCheck.IsValid(Json("1"), Json("""{"$ref":"#/a"}""")));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<InvalidOperationException>(() => JsonSchemaCheck.IsValid(Json("1"), schema));

        // The text of the reference, twice; of its steps but one.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64_000_000);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(200_000, false)]
    public void IsValid_AfterTheEndOfTheRun_TakesASixteenthOfTheWork(int items, bool expected)
    {
        var schema = Json("""{"items":{"type":"number"}}""");
        var value = Json($"[{Repeat("1", items)}]");

        JsonSchemaCheck.IsValid(value, schema, new CancellationToken(canceled: true)).ShouldBe(expected);
        JsonSchemaCheck.IsValid(value, schema, CancellationToken.None).ShouldBeTrue();
    }

    [Fact]
    public void IsValid_LargeAnswerOfAnOrdinarySchema_IsChecked()
    {
        var schema = """{"type":"object","required":["rows"],"additionalProperties":false,"properties":{"rows":{"type":"array","items":{"$ref":"#/$defs/row"}}},"$defs":{"row":{"type":"object","additionalProperties":false,"required":["id","kind","note"],"properties":{"id":{"type":"integer","minimum":0},"kind":{"enum":["a","b","c","d","e"]},"note":{"anyOf":[{"type":"null"},{"type":"string","maxLength":80}]}}}}}""";
        var row = $$"""{"id":12345,"kind":"e","note":"{{new string('n', 70)}}"}""";

        JsonSchemaCheck.IsValid(Json($$"""{"rows":[{{Repeat(row, 5000)}}]}"""), Json(schema)).ShouldBeTrue();
    }

    public static TheoryData<string> Blowups => ["enum", "const", "required", "properties", "additionalProperties", "maxLength", "minimum", "type", "typeNames", "keywords", "refs", "anyOf"];

    private static (string Schema, string Value) Blowup(string kind)
    {
        var text = new string('x', 20_000);
        var wide = $"{{{string.Join(',', Enumerable.Range(0, 2000).Select(index => $"\"n{index}\":true"))}}}";
        return kind switch
        {
            // Many items against many long values that differ at their end alone.
            "enum" => ($$"""{"items":{"enum":[{{Repeat($"\"{text}y\"", 500)}}]} }""", $"[{Repeat($"\"{text}z\"", 500)}]"),
            "const" => (AllOf($$"""{"items":{"const":"{{text}}"} }""", 5000), $"[{Repeat($"\"{text}\"", 500)}]"),
            "required" => (AllOf($$"""{"items":{"required":[{{Repeat("\"n0\"", 2000)}}]} }""", 500), $"[{Repeat(wide, 100)}]"),
            "properties" => (AllOf($$"""{"items":{"properties":{{wide}} } }""", 100), $"[{Repeat(wide, 100)}]"),
            "additionalProperties" => (AllOf($$"""{"items":{"properties":{{wide}},"additionalProperties":false} }""", 100), $"[{Repeat(wide, 100)}]"),
            "maxLength" => (AllOf("""{"items":{"maxLength":30000}}""", 5000), $"[{Repeat($"\"{text}\"", 500)}]"),
            "minimum" => (AllOf("""{"items":{"minimum":0}}""", 5000), $"[{Repeat(new string('1', 300), 5000)}]"),
            "type" => (AllOf($$"""{"items":{"type":["{{text}}","number"]} }""", 500), $"[{Repeat("1", 5000)}]"),
            "typeNames" => ($$"""{"items":{"type":[{{Repeat("\"null\"", 14_000)}},"number"]} }""", $"[{Repeat("1", 10_000)}]"),
            "keywords" => (AllOf($$"""{"items":{{wide}} }""", 100), $"[{Repeat("1", 1000)}]"),
            "refs" => ($$"""{"$defs":{{wide}},"items":{{AllOf("""{"$ref":"#/$defs/n0"}""", 2000)}} }""", $"[{Repeat("1", 1000)}]"),
            _ => ("""{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]}""", "1"),
        };
    }

    private static string AllOf(string part, int count) => $$"""{"allOf":[{{Repeat(part, count)}}]}""";

    private static string Repeat(string part, int count) => string.Join(',', Enumerable.Repeat(part, count));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
