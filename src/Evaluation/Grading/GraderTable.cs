using System.Text.RegularExpressions;
using Ensemble.Catalog;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;

namespace Ensemble.Evaluation.Grading;

/// <summary>The graders by the names that the command line has for them.</summary>
internal static class GraderTable
{
    private const string JudgePrefix = "judge:";

    /// <returns>The model that grades; null where none does.</returns>
    /// <exception cref="EvaluationException">There is no such grader or model, or a reference is none that it can read.</exception>
    public static ModelConfig? Check(string name, CatalogSnapshot catalog, IReadOnlyList<EvaluationQuestion> questions)
    {
        if (name.StartsWith(JudgePrefix, StringComparison.Ordinal))
        {
            return catalog.Models.GetValueOrDefault(name[JudgePrefix.Length..]) is { Kind: ModelKind.Chat } judge
                ? judge
                : throw new EvaluationException($"--grader: the catalog has no chat model '{name[JudgePrefix.Length..]}'.");
        }

        foreach (var question in name == "regex" ? questions : [])
        {
            CheckExpressions(question);
        }

        return name is "auto" or "exact" or "contains" or "regex" or "number" or "choice" ? null : throw new EvaluationException(
            $"--grader: there is no grader '{name}'; use auto, exact, contains, regex, number, choice or judge:MODEL.");
    }

    public static IGrader Of(string name, ModelConfig? judge, AskedModels models) =>
        judge is not null ? new JudgeGrader(judge, models) : name switch
        {
            "exact" => TextGrader.Exact,
            "contains" => TextGrader.Contains,
            "regex" => TextGrader.Regex,
            "number" => new TypedGrader(AnswerType.Number),
            "choice" => new TypedGrader(AnswerType.Choice),
            _ => new TypedGrader(forced: null),
        };

    private static void CheckExpressions(EvaluationQuestion question)
    {
        foreach (var reference in question.References)
        {
            try
            {
                _ = new Regex(reference, RegexOptions.None, TimeSpan.FromSeconds(1));
            }
            catch (ArgumentException exception)
            {
                throw new EvaluationException(
                    $"--data, line {question.Line}: '{reference}' is no regular expression: {exception.Message} No model was asked.");
            }
        }
    }
}
