using Ensemble.Catalog;
using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Recording;
using Ensemble.Evaluation.Running;
using Ensemble.Models;
using Ensemble.Testing;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>An evaluation over models that a test writes.</summary>
internal sealed record TestEvaluation
{
    public required CatalogSnapshot Catalog { get; init; }

    public required IReadOnlyList<EvaluationQuestion> Questions { get; init; }

    public required IModelCaller Caller { get; init; }

    public EvaluationOptions Options { get; init; } = new() { Catalog = "catalog.json", Data = "data.jsonl" };

    /// <summary>What is recorded; null = nothing.</summary>
    public Stream? Recording { get; init; }

    public bool IsCut { get; private set; }

    public decimal Spent { get; private set; }

    /// <summary>Models m1, m2, … of the same price, and one ensemble of all of them that votes.</summary>
    public static CatalogSnapshot Voting(int members, Func<int, decimal>? price = null, Func<EnsembleConfig, EnsembleConfig>? change = null)
    {
        string[] names = [.. Enumerable.Range(1, members).Select(static number => $"m{number}")];
        var ensemble = new EnsembleConfig
        {
            DisplayName = "council",
            Panel = [.. names.Select(static name => new PanelMemberConfig { Model = name })],
            MinResponses = (members / 2) + 1,
            Strategy = StrategyKind.Vote,
            AnswerType = AnswerType.Number,
        };
        return new CatalogBuilder()
            .Add([.. names.Select((name, index) => TestModels.Simulated(name) with
            {
                Price = new PriceConfig(price?.Invoke(index) ?? 1, price?.Invoke(index) ?? 1),
                MaxOutputTokens = 100,
                Params = ParamsConfig.None with { N = false },
            })])
            .Add(change?.Invoke(ensemble) ?? ensemble)
            .Build();
    }

    /// <summary>Question n asks for the number 1000 + n.</summary>
    public static IReadOnlyList<EvaluationQuestion> Numbers(int count) => QuestionFile.Read("data.jsonl", [.. Enumerable.Range(0, count).Select(
        static number => $$"""{"id":"q{{number}}","question":"Question {{number}}: how many are there?","answer":"{{1000 + number}}"}""")]);

    public static string Right(int question) => $"The answer is {1000 + question}.";

    public async Task<EvaluationReport> RunAsync()
    {
        using var recording = Recording is null ? AnswerRecording.Open(null, false) : AnswerRecording.Open(Recording, "recording", Options.RetryFailed);
        var table = SubjectTable.Of(Catalog, Options);
        using var models = new AskedModels(
            Caller, recording, new CostCeiling(Options.MaxCostUsd, recording.Spent), Options.Concurrency, TimeProvider.System, TestContext.Current.CancellationToken)
        { WantsLogprobs = table.WantsLogprobs };
        var grader = GraderTable.Of(Options.Grader, GraderTable.Check(Options.Grader, Catalog, Questions), models);
        var evaluator = new Evaluator(new QuestionRunner(table, models, grader, Options.MaxTokens, Options.Seed), Options.Concurrency, static _ => { });
        var results = await evaluator.RunAsync(Questions, TestContext.Current.CancellationToken);
        (IsCut, Spent) = (evaluator.IsCut, models.Spent);
        return results.Count == 0 ? null! : new ReportBuilder(Options, table, results, Questions.Count, grader.Record).Build();
    }
}
