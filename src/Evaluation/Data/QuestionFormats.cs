using System.Text;
using System.Text.Json;

namespace Ensemble.Evaluation.Data;

/// <summary>The forms in which a line may hold a question: our own, and those of data sets as they are published.</summary>
internal static class QuestionFormats
{
    /// <summary>For messages about lines in another form.</summary>
    public const string Known =
        "A line needs \"question\" or \"messages\", and \"answer\", \"answers\" or \"ideal\"; with \"choices\" the answer is "
        + "an index from 0 or a letter. Lines of GSM8K, MMLU, TriviaQA, OpenAI evals "
        + "(\"input\" and \"ideal\") and recorded panels (\"responses\") "
        + "are read as they are.";

    private const int MaxChoices = 26;

    private const string Solution = "####";

    /// <returns>The question; or what is wrong with the line, as the rest of a sentence.</returns>
    public static (EvaluationQuestion? Question, string? Problem) Read(int line, JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object)
        {
            return (null, "is no JSON object");
        }

        var (messages, text, problem) = Asked(record);
        if (problem is not null)
        {
            return (null, problem);
        }

        var choices = record.Member("choices");
        if (choices is { } listed)
        {
            if (listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() is < 2 or > MaxChoices)
            {
                return (null, $"has \"choices\" that are no list of 2 to {MaxChoices}");
            }

            text = WithChoices(text, [.. listed.Items().Select(static choice => Plain(choice) ?? "")]);
            messages = record.Member("question") is null ? messages : EvaluationQuestion.UserMessage(text);
        }

        var (references, wrong) = References(record, choices);
        if (references.Count == 0)
        {
            return (null, wrong ?? "has no right answer: \"answer\", \"answers\" or \"ideal\" is missing");
        }

        if (IsTrivia(record))
        {
            // What is compared are a few words; asked without a word on that, models answer in sentences.
            messages = EvaluationQuestion.UserMessage(text + "\n\nAnswer with a few words only.");
        }

        return (new EvaluationQuestion(line, IdOf(record) ?? $"line {line}", messages, text, references)
        {
            HasChoices = choices is not null,
            Recorded = Recorded(record),
        }, null);
    }

    private static (string Messages, string Text, string? Problem) Asked(JsonElement record)
    {
        if (record.Member("question")?.Text() is { } question)
        {
            return question.Trim().Length == 0
                ? ("", "", "has an empty \"question\"")
                : (EvaluationQuestion.UserMessage(question), question, null);
        }

        var asked = record.Member("messages") ?? record.Member("input");
        if (asked?.Text() is { Length: > 0 } prompt)
        {
            return (EvaluationQuestion.UserMessage(prompt), prompt, null);
        }

        if (asked is not { ValueKind: JsonValueKind.Array } messages || messages.GetArrayLength() == 0)
        {
            return ("", "", "asks nothing: \"question\", \"messages\" or \"input\" is missing, or is not what it should be");
        }

        var last = messages.Items().LastOrDefault(static message => message.Member("role")?.TextIs("user") == true);
        return last.ValueKind == JsonValueKind.Object && last.Member("content") is { } content
            ? (messages.RawText(), Content(content), null)
            : ("", "", "has messages of which none is a user's");
    }

    private static string Content(JsonElement content) => content.Text()
        ?? string.Join('\n', content.Items().Select(static part => part.Member("text")?.Text()).OfType<string>());

    private static (IReadOnlyList<string> References, string? Problem) References(JsonElement record, JsonElement? choices)
    {
        var answer = record.Member("answer") ?? record.Member("answers") ?? record.Member("ideal");
        if (answer is not { } given)
        {
            return ([], null);
        }

        IReadOnlyList<JsonElement> stated = given.ValueKind switch
        {
            // TriviaQA: any alias will do.
            JsonValueKind.Object => [given.Member("value") ?? default, .. (given.Member("aliases") ?? default).Items()],
            JsonValueKind.Array => [.. given.Items()],
            _ => [given],
        };
        if (choices is { } listed)
        {
            string?[] letters = [.. stated.Select(reference => Letter(reference, listed))];
            return letters.Length == 0 || letters.Contains(null)
                ? ([], $"has an answer that is not one of its choices: use an index from 0 "
                    + $"to {listed.GetArrayLength() - 1}, a letter, or a choice's text")
                : ([.. letters.OfType<string>()], null);
        }

        var texts = stated.Select(Plain).OfType<string>().Select(static text => Final(text.Trim())).Where(static text => text.Length > 0);
        return ([.. texts.Distinct()], "has an empty right answer, or one that is no text, number or truth value");
    }

    /// <summary>GSM8K ends its solution with <c>#### 18</c>.</summary>
    private static string Final(string reference) =>
        reference.LastIndexOf(Solution, StringComparison.Ordinal) is var at and >= 0
           ? reference[(at + Solution.Length)..].Trim()
            : reference;

    private static string? Letter(JsonElement reference, JsonElement choices)
    {
        var count = choices.GetArrayLength();
        if (reference.ValueKind == JsonValueKind.Number)
        {
            return reference.Whole() is >= 0 and var index && index < count ? Letter((int)index) : null;
        }

        var text = reference.Text()?.Trim() ?? "";
        if (choices.Items().Select(Plain).ToList().IndexOf(text) is var named and >= 0)
        {
            return Letter(named);
        }

        return text.Length == 1 && char.IsAsciiLetter(text[0]) && (text[0] | 0x20) - 'a' is var place && place < count ? Letter(place)
            : int.TryParse(text, out var digits) && digits >= 0 && digits < count ? Letter(digits)
            : null;
    }

    private static string Letter(int place) => ((char)('A' + place)).ToString();

    private static string WithChoices(string question, IReadOnlyList<string> choices)
    {
        var text = new StringBuilder(question).Append("\n\n");
        for (var place = 0; place < choices.Count; place++)
        {
            text.Append(Letter(place)).Append(". ").Append(choices[place]).Append('\n');
        }

        return text.Append("\nAnswer with the letter of the right choice.").ToString();
    }

    private static bool IsTrivia(JsonElement record) =>
        record.Member("answer") is { ValueKind: JsonValueKind.Object } answer && answer.Member("aliases") is not null
        && record.Member("question") is not null;

    private static string? IdOf(JsonElement record) =>
        Plain(record.Member("id") ?? record.Member("question_id") ?? record.Member("QuestionId") ?? default)
        is { Length: > 0 } id ? id : null;

    private static Dictionary<string, string> Recorded(JsonElement record)
    {
        var recorded = new Dictionary<string, string>();
        foreach (var response in (record.Member("responses") ?? default).Members())
        {
            if ((response.Value.Text() ?? response.Value.Member("text")?.Text()) is { } text)
            {
                recorded[response.NameText()] = text;
            }
        }

        return recorded;
    }

    /// <returns>A string, a number or a truth value as text; null for any other JSON.</returns>
    private static string? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.Text(),
        JsonValueKind.Number => element.RawText(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => null,
    };
}
