using System.Text.Json;

namespace Ensemble.Evaluation.Data;

/// <summary>Reads the questions of an evaluation.</summary>
internal static class QuestionFile
{
    /// <summary>Lines that are wrong and named; of more only the number is said.</summary>
    private const int MaxProblems = 10;

    /// <param name="sample">Questions that are drawn, in the order of the data; null = all.</param>
    /// <exception cref="EvaluationException">The file cannot be read, or has a line that is no question.</exception>
    public static async Task<IReadOnlyList<EvaluationQuestion>> ReadAsync(string file, int? sample, int seed, CancellationToken cancel)
    {
        try
        {
            return Sample(Read(file, await File.ReadAllLinesAsync(file, cancel)), sample, seed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"--data {file}: cannot be read: {exception.Message}");
        }
    }

    internal static IReadOnlyList<EvaluationQuestion> Read(string file, IReadOnlyList<string> lines)
    {
        var questions = new List<EvaluationQuestion>();
        var problems = new List<string>();
        var ids = new Dictionary<string, int>();
        for (var index = 0; index < lines.Count; index++)
        {
            var line = index + 1;
            if (string.IsNullOrWhiteSpace(lines[index]))
            {
                continue;
            }

            var (question, problem) = Read(line, lines[index]);
            if (question is not null && !ids.TryAdd(question.Id, line))
            {
                problem = $"has the id '{question.Id}' of line {ids[question.Id]}: give each question its own";
            }

            if (problem is not null)
            {
                problems.Add($"{file}, line {line}: {problem}.");
            }
            else
            {
                questions.Add(question!);
            }
        }

        if (problems.Count > 0)
        {
            var more = problems.Count > MaxProblems ? $"\n{problems.Count - MaxProblems} more lines are wrong." : "";
            throw new EvaluationException(
                $"{string.Join('\n', problems.Take(MaxProblems))}{more}\n{QuestionFormats.Known} No model was asked.");
        }

        return questions.Count > 0 ? questions : throw new EvaluationException($"{file}: has no question. {QuestionFormats.Known}");
    }

    private static (EvaluationQuestion? Question, string? Problem) Read(int line, string text)
    {
        try
        {
            using var document = JsonSanitizer.Parse(text);
            return QuestionFormats.Read(line, document.RootElement);
        }
        catch (JsonException exception)
        {
            return (null, $"is no JSON: {exception.Message.TrimEnd('.')}");
        }
    }

    private static IReadOnlyList<EvaluationQuestion> Sample(IReadOnlyList<EvaluationQuestion> all, int? sample, int seed)
    {
        if (sample is not { } wanted || wanted >= all.Count)
        {
            return all;
        }

        var places = Enumerable.Range(0, all.Count).ToArray();
        new Random(seed).Shuffle(places);
        return [.. places.Take(wanted).Order().Select(place => all[place])];
    }
}
