using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Execution;

namespace Ensemble.Core.Tests.Runs;

public sealed class EnsembleRequestRulesTests
{
    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "audio")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"functions\":[{}]", "functions")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call")]
    [InlineData("\"tools\":[{}]", "tools")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    public void Check_WhatHasNoMeaningOverSeveralAnswers_IsRefused(string field, string param)
    {
        var refusal = Should.Throw<ChatRequestException>(() => EnsembleRequestRules.Check(Request(field), ToolsMode.Reject));
        (refusal.Param, refusal.Code).ShouldBe((param, "unsupported_by_ensemble"));
    }

    [Theory]
    [InlineData("\"n\":1,\"logprobs\":false,\"audio\":null,\"modalities\":[\"text\"],\"functions\":[],\"function_call\":\"none\",\"tools\":[],\"tool_choice\":\"auto\"")]
    [InlineData("\"n\":null,\"logprobs\":null,\"modalities\":null,\"functions\":null,\"function_call\":\"auto\",\"tools\":null,\"tool_choice\":\"none\"")]
    [InlineData("\"modalities\":[\"\\ud800\"]")]
    [InlineData("\"top_logprobs\":3,\"parallel_tool_calls\":true")]
    public void Check_FormsThatSayNothing_Pass(string fields)
    {
        Should.NotThrow(() => EnsembleRequestRules.Check(Request(fields), ToolsMode.Reject));
        Should.NotThrow(() => EnsembleRequestRules.Check(Request(fields), ToolsMode.Vote));
    }

    [Theory]
    [InlineData("\"tools\":[{}]")]
    [InlineData("\"tools\":[{}],\"tool_choice\":\"required\",\"parallel_tool_calls\":false")]
    [InlineData("\"tools\":[{}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}")]
    public void Check_ToolsWhereTheyAreVotedOn_Pass(string fields) =>
        ((ToolsMode[])[ToolsMode.Vote, ToolsMode.Advise]).ShouldAllBe(mode => Passes(fields, mode));

    [Theory]
    [InlineData("\"functions\":[{}]", "functions", "unsupported_by_ensemble")]
    [InlineData("\"tools\":[{}],\"function_call\":{\"name\":\"f\"}", "function_call", "unsupported_by_ensemble")]
    [InlineData("\"tools\":[{}],\"n\":2", "n", "unsupported_by_ensemble")]
    [InlineData("\"tools\":[],\"tool_choice\":\"required\"", "tool_choice", null)]
    public void Check_WhereToolsAreVotedOn_RefusesTheRestAndAChoiceOfNone(string fields, string param, string? code)
    {
        var refusal = Should.Throw<ChatRequestException>(() => EnsembleRequestRules.Check(Request(fields), ToolsMode.Vote));
        (refusal.Param, refusal.Code).ShouldBe((param, code));
    }

    [Theory]
    [InlineData("""{"type":"function","function":{"name":"g"}}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}}""")]
    public void Check_ChoiceOfAToolThatIsNotThere_IsRefused(string choice)
    {
        var fields = $$$""" "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}}""";

        foreach (var mode in (ToolsMode[])[ToolsMode.Vote, ToolsMode.Advise])
        {
            var refusal = Should.Throw<ChatRequestException>(() => EnsembleRequestRules.Check(Request(fields), mode));
            refusal.Param.ShouldBe("tool_choice");
            refusal.Message.ShouldContain("'g'");
        }
    }

    [Theory]
    [InlineData("""{"type":"function","function":{"name":"f"}}""")]
    [InlineData("\"required\"")]
    [InlineData("""{"type":"something","new":true}""")]
    public void Check_ChoiceThatIsThereOrOfAnUnknownForm_Passes(string choice) =>
        Passes($$$""" "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}}""", ToolsMode.Advise).ShouldBeTrue();

    private static bool Passes(string fields, ToolsMode mode)
    {
        EnsembleRequestRules.Check(Request(fields), mode);
        return true;
    }

    private static ChatRequest Request(string fields) => RunBench.Parse($$"""{"model":"panel",{{fields}},"messages":[{"role":"user","content":"?"}]}""");
}
