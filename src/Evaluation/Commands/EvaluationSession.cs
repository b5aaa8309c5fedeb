using System.Globalization;
using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Recording;
using Ensemble.Evaluation.Reports;
using Ensemble.Evaluation.Running;
using Ensemble.Usage;
using Spectre.Console;

namespace Ensemble.Evaluation.Commands;

/// <summary>One evaluation: everything is checked before anything is paid, then asked, then reported.</summary>
/// <param name="output">Shows the report.</param>
/// <param name="errors">Shows progress and warnings.</param>
internal sealed class EvaluationSession(
    EvaluationOptions options, IAnsiConsole output, IAnsiConsole errors, TimeProvider time, CancellationToken cancel)
{
    public async Task<int> RunAsync()
    {
        var secrets = new SecretResolver(time);
        var catalog = await ReadCatalogAsync(secrets);
        var questions = await QuestionFile.ReadAsync(options.Data, options.Sample, options.Seed, cancel);
        var table = SubjectTable.Of(catalog, options);
        var judge = GraderTable.Check(options.Grader, catalog, questions);
        foreach (var question in questions)
        {
            _ = QuestionChat.Of(question, "check", options.MaxTokens);
        }

        CheckCeiling(table, judge);
        using var recording = AnswerRecording.Open(options.Record, options.RetryFailed);
        await using var providers = new ProviderModels(
            table.Catalog,
            secrets,
            new UpstreamNetwork { AllowedNetworks = options.AllowedNetworks, UseProxy = options.UseProxy },
            time,
            options.Seed);
        using var models = new AskedModels(
            providers.Caller, recording, new CostCeiling(options.MaxCostUsd, recording.Spent), options.Concurrency, time, cancel)
        { WantsLogprobs = table.WantsLogprobs };
        Show(CostEstimate.Of(table, questions, models, judge, options.MaxTokens), questions.Count);
        return options.DryRun ? 0 : await RunAsync(table, questions, judge, models);
    }

    private async Task<int> RunAsync(
        SubjectTable table, IReadOnlyList<EvaluationQuestion> questions, ModelConfig? judge, AskedModels models)
    {
        var grader = GraderTable.Of(options.Grader, judge, models);
        var runner = new QuestionRunner(table, models, grader, options.MaxTokens, options.Seed);
        var isCut = false;
        var results = await ProgressOf(questions.Count).StartAsync(async context =>
        {
            var bar = context.AddTask("asking", maxValue: questions.Count);
            var evaluator = new Evaluator(runner, options.Concurrency, done =>
            {
                bar.Value = done;
                bar.Description = string.Create(CultureInfo.InvariantCulture,
                    $"{done:N0} of {questions.Count:N0} questions, {Figures.Usd(models.Spent)}");
            });
            var answered = await evaluator.RunAsync(questions, cancel);
            isCut = evaluator.IsCut;
            return answered;
        });
        errors.WriteLine($"{models.Made:N0} calls were made; all answers together cost {Figures.Usd(models.Spent)} at most.");
        if (results.Count == 0)
        {
            throw new EvaluationException(
                $"--max-cost {options.MaxCostUsd}: not one question can be answered by all models within it. "
                + "Raise it; --dry-run says what it takes.");
        }

        var report = new ReportBuilder(options, table, results, questions.Count, grader.Record).Build();
        TerminalReport.Write(report, output);
        var files = await ReportFiles.WriteAsync(report, options.Out, cancel);
        errors.WriteLine($"Written: {string.Join(", ", files)}");
        return isCut ? EvaluationCommand.Cut : 0;
    }

    private Progress ProgressOf(int questions)
    {
        var progress = errors.Progress().AutoClear(true);
        return errors.Profile.Out.IsTerminal
            ? progress.Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn(), new SpinnerColumn())
            : progress.AutoRefresh(false);
    }

    private async Task<CatalogSnapshot> ReadCatalogAsync(SecretResolver secrets)
    {
        try
        {
            var read = CatalogReader.Read(await File.ReadAllBytesAsync(options.Catalog, cancel), revision: 1, secrets);
            return read.Snapshot ?? throw new EvaluationException($"--catalog {options.Catalog}:\n{CatalogReport.Format(read)}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"--catalog {options.Catalog}: cannot be read: {exception.Message}");
        }
    }

    /// <summary>A sum can only be kept where it is known what a call costs at most.</summary>
    private void CheckCeiling(SubjectTable table, ModelConfig? judge)
    {
        if (options.MaxCostUsd is null)
        {
            return;
        }

        foreach (var model in table.Models.Select(name => table.Catalog.Models[name]).Append(judge).OfType<ModelConfig>())
        {
            if (model is { Price: null, Provider: not ProviderKind.Simulated })
            {
                throw new EvaluationException(
                    $"--max-cost: the model '{model.DisplayName}' has no \"price\" in the catalog, so that nobody knows "
                    + "what its answers cost. Give it one.");
            }

            if (model is { Kind: ModelKind.Chat, MaxOutputTokens: null, Price: not null } && options.MaxTokens is null)
            {
                throw new EvaluationException(
                    $"--max-cost: nothing limits the answers of the model '{model.DisplayName}'. "
                    + "Give it \"max_output_tokens\" in the catalog, or --max-tokens here.");
            }
        }
    }

    private void Show(CostEstimate estimate, int questions)
    {
        errors.WriteLine(
            $"{questions:N0} questions, about {estimate.Calls:N0} calls: {Figures.Usd(estimate.TypicalUsd)} "
            + $"with answers of {TokenEstimate.DefaultAnswer:N0} tokens, "
            + $"{Figures.Usd(estimate.MaxUsd)} with the longest and every call that may become necessary.");
        if (options.Record is not null)
        {
            errors.WriteLine("What the recording has of the panels is left out; judges' answers in it are not asked for again either.");
        }

        if (estimate.Unpriced.Count > 0)
        {
            errors.WriteLine($"No price in the catalog: {string.Join(", ", estimate.Unpriced)}. What they cost is unknown.");
        }
    }
}
