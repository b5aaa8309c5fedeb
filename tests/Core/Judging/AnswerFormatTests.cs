using Ensemble.Answers;
using Ensemble.Core.Tests.Runs;

namespace Ensemble.Core.Tests.Judging;

public sealed class AnswerFormatTests
{
    private const string Schema = """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","required":["a"]}}}""";

    [Theory]
    [InlineData(null, "anything", null)]
    [InlineData("null", "anything", null)]
    [InlineData("{\"type\":\"text\"}", "anything", null)]
    [InlineData("{\"type\":\"json_\\ud800\"}", "anything", null)]
    [InlineData("{\"type\":\"json_object\"}", " {\"a\":1} ", true)]
    [InlineData("{\"type\":\"json_object\"}", "[1]", false)]
    [InlineData("{\"type\":\"json_object\"}", "```json\n{}\n```", false)]
    [InlineData(Schema, "{\"a\":1}", true)]
    [InlineData(Schema, "{\"b\":1}", false)]
    [InlineData(Schema, "{\"a\":1", false)]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"minLength\":\"x\"}}}", "\"text\"", null)]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"$ref\":\"#/nowhere\"}}}", "{}", null)]
    [InlineData("{\"type\":\"json_schema\"}", "{}", true)]
    public void Accepts_AnswerAndFormat_SaysWhetherItFits(string? format, string answer, bool? expected)
    {
        var field = format is null ? "" : $"\"response_format\":{format},";
        var chat = RunBench.Parse($$"""{"model":"m",{{field}}"messages":[{"role":"user","content":"?"}]}""");
        AnswerFormat.Of(chat).Accepts(answer).ShouldBe(expected);
    }
}
