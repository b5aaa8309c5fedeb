using System.Text.Json;
using Ensemble.Judging;

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

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
