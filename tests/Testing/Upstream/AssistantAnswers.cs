using System.Text.Json;

namespace Ensemble.Testing;

/// <summary>Answers control calls as they should be, in the shape that they ask for, and everything else with a text.</summary>
public static class AssistantAnswers
{
    /// <param name="text">For a request that is no control call.</param>
    /// <param name="passes">What an audit says.</param>
    public static StubReply Of(string text, bool passes = true) => StubReply.Dynamic(request => StubReply.Text(Answer(request.Json, text, passes)));

    private static string Answer(JsonElement request, string text, bool passes) => Schema(request) is not { } schema ? text : schema.GetProperty("name").GetString() switch
    {
        "pick" => $$"""{"pick":{{FirstOf(schema, "pick")}}}""",
        "audit" => passes ? """{"pass":true,"issues":[]}""" : """{"pass":false,"issues":["It is wrong."]}""",
        "route" => $$"""{"to":{{FirstOf(schema, "to")}}}""",
        "confidence" => """{"confidence":0.5}""",
        "plan" => Plan(schema.GetProperty("schema").GetProperty("properties").GetProperty("subtasks").GetProperty("items").GetProperty("properties").GetProperty("member").GetProperty("enum")),
        "analysis" => """{"consensus":[],"contradictions":[],"partial_coverage":[],"unique_insights":[],"blind_spots":[]}""",
        _ => text,
    };

    private static JsonElement? Schema(JsonElement request) =>
        request.ValueKind == JsonValueKind.Object && request.TryGetProperty("response_format", out var format) && format.TryGetProperty("json_schema", out var schema) ? schema : null;

    private static string FirstOf(JsonElement schema, string property) =>
        schema.GetProperty("schema").GetProperty("properties").GetProperty(property).GetProperty("enum")[0].GetRawText();

    private static string Plan(JsonElement members) =>
        $$"""{"subtasks":[{{string.Join(',', members.EnumerateArray().Take(2).Select(member => $$"""{"member":{{member.GetRawText()}},"task":"A part."}"""))}}]}""";
}
