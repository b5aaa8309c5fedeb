using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Answers;
using Ensemble.Catalog;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

public sealed class SimulatedControlTests
{
    private const string Candidates = """
        <<<user message 7f3>>>
        What is 17 * 23?
        <<<end user message 7f3>>>
        <<<candidate A 7f3>>>
        It is 390.
        <<<end candidate A 7f3>>>
        <<<candidate B 7f3>>>
        17 * 23 = 391.
        <<<end candidate B 7f3>>>
        <<<candidate C 7f3>>>
        391
        <<<end candidate C 7f3>>>
        """;

    private const string Pick = """{"type":"object","properties":{"index":{"enum":[1,2,3]}},"required":["index"],"additionalProperties":false}""";

    private const string Audit = """
        {"type":"object","properties":{"pass":{"type":"boolean"},"issues":{"type":"array","items":{"type":"string"}}},"required":["pass","issues"]}
        """;

    private const string Plan = """
        {"type":"object","properties":{"subtasks":{"type":"array","maxItems":5,"items":{"type":"object",
        "properties":{"member":{"type":"string","enum":["code","prose","maths"]},"task":{"type":"string"}},"required":["member","task"]}}},"required":["subtasks"]}
        """;

    private const string Route = """{"type":"object","properties":{"to":{"type":"string","enum":["small","large"]}},"required":["to"]}""";

    private const string Confidence = """{"type":"object","properties":{"confidence":{"type":"number","minimum":0,"maximum":1}},"required":["confidence"]}""";

    private const string Analysis = """
        {"type":"object","properties":{"consensus":{"$ref":"#/$defs/notes"},"contradictions":{"$ref":"#/$defs/notes"},"partial_coverage":{"$ref":"#/$defs/notes"},
        "unique_insights":{"$ref":"#/$defs/notes"},"blind_spots":{"$ref":"#/$defs/notes"}},"$defs":{"notes":{"type":"array","items":{"type":"string"}}},
        "required":["consensus","contradictions","partial_coverage","unique_insights","blind_spots"]}
        """;

    [Theory]
    [InlineData(Candidates, 2)]
    [InlineData("Which is best?", 1)]
    public async Task Send_Pick_IsTheMostSupportedElseTheFirst(string prompt, int expected) =>
        (await AskAsync("pick", Pick, prompt)).GetProperty("index").GetInt32().ShouldBe(expected);

    [Theory]
    [InlineData("391", true)]
    [InlineData("It is WRONG.", false)]
    public async Task Send_Audit_PassesUnlessTheAnswerSaysThatItIsWrong(string answer, bool passes)
    {
        var verdict = await AskAsync("audit", Audit, $"Say so if it is WRONG.\n<<<request 7f3>>>\nWRONG?\n<<<end request 7f3>>>\n<<<answer 7f3>>>\n{answer}\n<<<end answer 7f3>>>");

        verdict.GetProperty("pass").GetBoolean().ShouldBe(passes);
        verdict.GetProperty("issues").GetArrayLength().ShouldBe(passes ? 0 : 1);
    }

    [Theory]
    [InlineData(5, new[] { "code", "prose" })]
    [InlineData(1, new[] { "code" })]
    public async Task Send_Plan_DividesTheWorkAmongMembers(int most, string[] members)
    {
        var schema = Plan.Replace("\"maxItems\":5", $"\"maxItems\":{most}", StringComparison.Ordinal);

        var plan = await AskAsync("plan", schema, "Divide it.\n<<<request 7f3>>>\nBuild a shed.\n<<<end request 7f3>>>");

        var subtasks = plan.GetProperty("subtasks").EnumerateArray().ToArray();
        subtasks.Select(subtask => subtask.GetProperty("member").GetString()).ShouldBe(members);
        subtasks.ShouldAllBe(subtask => subtask.GetProperty("task").GetString() == "Build a shed.");
    }

    [Fact]
    public async Task Send_Route_IsAConfiguredAnswerElseAnyOfTheEnum()
    {
        var config = SimulatedBench.AtOnce with { Answers = [new SimulatedAnswer(new Regex("proof", RegexOptions.None, TimeSpan.FromSeconds(1)), "large", [])] };

        (await AskAsync("route", Route, "Where to with: a proof?", config)).GetProperty("to").GetString().ShouldBe("large");
        (await AskAsync("route", Route, "Where to with: a greeting?", config)).GetProperty("to").GetString().ShouldBeOneOf("small", "large");
    }

    [Fact]
    public async Task Send_Confidence_IsHigherForARightAnswer()
    {
        var config = SimulatedBench.AtOnce with { Answers = [new SimulatedAnswer(new Regex("France", RegexOptions.None, TimeSpan.FromSeconds(1)), "Paris.", ["Lyon."])] };

        (await MeanAsync("What is 17 * 23?", "It is 391.")).ShouldBeGreaterThan(await MeanAsync("What is 17 * 23?", "It is 390.") + 0.1);
        (await MeanAsync("Capital of France?", "paris")).ShouldBeGreaterThan(await MeanAsync("Capital of France?", "Lyon.") + 0.1);

        async Task<double> MeanAsync(string question, string answer)
        {
            var sum = 0.0;
            for (var trial = 0; trial < 50; trial++)
            {
                var prompt = $"From 0 to 1, no. {trial}\n<<<system message 7f3>>>\n1 + 1\n<<<end system message 7f3>>>\n<<<user message 7f3>>>\n{question}\n<<<end user message 7f3>>>\n<<<candidate A 7f3>>>\n{answer}\n<<<end candidate A 7f3>>>";
                var value = (await AskAsync("confidence", Confidence, prompt, config)).GetProperty("confidence").GetDouble();
                value.ShouldBeInRange(0, 1);
                sum += value;
            }

            return sum / 50;
        }
    }

    [Fact]
    public async Task Send_Analysis_TellsConsensusAndContradiction()
    {
        var analysis = await AskAsync("analysis", Analysis, Candidates);

        analysis.GetProperty("consensus")[0].GetString().ShouldBe("17 * 23 = 391.");
        analysis.GetProperty("contradictions")[0].GetString().ShouldBe("1 of 3 candidates differ from the rest.");
        analysis.EnumerateObject().Count().ShouldBe(5);
        analysis.EnumerateObject().SelectMany(property => property.Value.EnumerateArray()).ShouldAllBe(note => note.GetString()!.Length <= 81);
    }

    [Fact]
    public async Task Send_SchemaOfThatNameInAConversation_IsAQuestionLikeAnyOther()
    {
        const string body = """{"model":"a","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is 6 * 7?"}],"response_format":%}""";

        var result = await SimulatedBench.SendAsync(new SimulatedBench().Raw(body.Replace("%", Format("plan", Plan), StringComparison.Ordinal)));

        JsonDocument.Parse(result.Answer!.Content).RootElement.GetProperty("subtasks")[0].GetProperty("task").GetString().ShouldNotBeNull().ShouldContain("42");
    }

    [Theory]
    [InlineData("part", "20 + 22", "42")]
    [InlineData("draft", "It is 390.", "391")]
    public async Task Send_PartOrDraft_AnswersThePartOrTheQuestionBefore(string name, string text, string expected)
    {
        var last = JsonSerializer.Serialize($"It is one of 3 * 3.\n<<<{name} 7f3>>>\n{text}\n<<<end {name} 7f3>>>\nGo on.");
        var body = $$"""{"model":"a","messages":[{"role":"user","content":"What is 17 * 23?"},{"role":"user","content":{{last}}}]}""";

        (await SimulatedBench.SendAsync(new SimulatedBench().Raw(body))).Answer!.Content.ShouldContain(expected);
    }

    private static string Format(string name, string schema) =>
        $$$"""{"type":"json_schema","json_schema":{"name":"{{{name}}}","strict":true,"schema":{{{schema}}}}}""";

    private static async Task<JsonElement> AskAsync(string name, string schema, string prompt, SimulatedConfig? config = null)
    {
        var answer = JsonDocument.Parse(await SimulatedBench.AskAsync(prompt, config, $",\"response_format\":{Format(name, schema)}")).RootElement;
        JsonSchemaCheck.IsValid(answer, JsonDocument.Parse(schema).RootElement).ShouldBeTrue(answer.GetRawText());
        return answer;
    }
}
