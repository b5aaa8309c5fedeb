using System.Text.Json;

namespace Ensemble.Testing;

/// <summary>What a program that uses OpenAI's client for Node got to see.</summary>
/// <param name="Answers">The whole answer, or the chunks before the end or the error.</param>
/// <param name="Error">What was thrown: <c>status, code, type, param, message, name</c>, each null where the client knows none.</param>
/// <param name="Done">Whether a stream ended without an error.</param>
public sealed record NodeResult(IReadOnlyList<JsonElement> Answers, JsonElement? Error, bool Done)
{
    /// <summary>The content of all choices with index 0, put together.</summary>
    public string Content => string.Concat(
        from answer in Answers
        from choice in answer.GetProperty("choices").EnumerateArray()
        where choice.GetProperty("index").GetInt32() == 0
        let part = choice.TryGetProperty("delta", out var delta) ? delta : choice.GetProperty("message")
        select part.TryGetProperty("content", out var content) ? content.GetString() : "");

    internal static NodeResult From(IEnumerable<string> lines)
    {
        var answers = new List<JsonElement>();
        JsonElement? failure = null;
        var done = false;
        foreach (var line in lines.Select(line => JsonElement.Parse(line)))
        {
            if (line.TryGetProperty("error", out var error) && !line.TryGetProperty("choices", out _))
            {
                failure = error;
            }
            else if (line.TryGetProperty("done", out _))
            {
                done = true;
            }
            else
            {
                answers.Add(line);
            }
        }

        return new NodeResult(answers, failure, done);
    }
}
