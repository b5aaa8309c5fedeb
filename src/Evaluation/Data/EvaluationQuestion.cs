using System.Text.Json.Nodes;

namespace Ensemble.Evaluation.Data;

/// <summary>A question with its right answers.</summary>
/// <param name="Line">Where it stands in the data, from 1.</param>
/// <param name="Id">Its name in the report.</param>
/// <param name="Messages">What models are asked: a chat's messages as JSON.</param>
/// <param name="Text">The question as a person reads it.</param>
/// <param name="References">Right answers; any of them will do.</param>
internal sealed record EvaluationQuestion(int Line, string Id, string Messages, string Text, IReadOnlyList<string> References)
{
    /// <summary>Whether the references are letters of the choices that the question lists.</summary>
    public bool HasChoices { get; init; }

    /// <summary>Answers that were recorded elsewhere, by the model's alias or its provider's name of it.</summary>
    public IReadOnlyDictionary<string, string> Recorded { get; init; } = new Dictionary<string, string>();

    public static string UserMessage(string text) =>
        new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }).ToJsonString(JsonText.Options);
}
