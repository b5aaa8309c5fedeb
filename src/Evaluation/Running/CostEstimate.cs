using Ensemble.Catalog;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Grading;
using Ensemble.Execution;
using Ensemble.Models;

namespace Ensemble.Evaluation.Running;

/// <summary>What an evaluation will take, before anything is paid.</summary>
/// <param name="Calls">Calls that are made where all goes well, those left out that the recording answers for the panels.</param>
/// <param name="TypicalUsd">With answers of the usual length; null where a model has no price.</param>
/// <param name="MaxUsd">With every call that may become necessary, a repeated one left aside; null where a model has no price.</param>
/// <param name="Unpriced">Models without a price.</param>
internal sealed record CostEstimate(int Calls, decimal? TypicalUsd, decimal? MaxUsd, IReadOnlyList<string> Unpriced)
{
    /// <summary>Of an answer that a grader compares, in tokens.</summary>
    private const int GradedTokens = 512;

    public static CostEstimate Of(
        SubjectTable table, IReadOnlyList<EvaluationQuestion> questions, AskedModels models, ModelConfig? judge, int? maxTokens)
    {
        var (calls, usual, most) = (0, (decimal?)0, (decimal?)0);
        foreach (var question in questions)
        {
            var asked = new HashSet<string>();
            foreach (var panel in table.Panels)
            {
                var chat = QuestionChat.Of(question, panel.Name, maxTokens);
                foreach (var (slot, call) in new PanelCalls(models, table.Catalog).Plan(panel.Config, chat))
                {
                    if (asked.Add(panel.Labels[slot.Key.Member] + slot.Key.Sample) && !models.IsRecorded(question, call))
                    {
                        calls++;
                        usual += Price(call, CallTokens.Answer(chat, call.Model) * slot.Answers);
                        most += CallTokens.Ceiling(call) is var ceiling && call.Model.Price is not null ? ceiling.CostUsd : null;
                    }
                }
            }

            foreach (var subject in table.Ensembles)
            {
                var chat = QuestionChat.Of(question, subject.Name, maxTokens);
                var plan = RunPlan.Typical(chat, table.Catalog);
                plan = subject.Kind == SubjectKind.Self ? plan : plan.WithoutPanel();
                calls += plan.Calls.Count(static planned => planned.IsCertain);
                usual += plan.MinimumCostUsd;
                plan = RunPlan.Of(chat, table.Catalog);
                most += subject.Kind == SubjectKind.Self ? plan.MaxCostUsd : plan.WithoutPanel().MaxCostUsd;
            }

            if (judge is not null)
            {
                var judged = 2 * (table.Singles.Count + table.Ensembles.Count);
                var call = JudgeGrader.Call(judge, question, question.References[0], new string('x', GradedTokens * 4));
                calls += judged;
                usual += judged * Price(call, 64);
                most += judged * (call.Model.Price is null ? null : CallTokens.Ceiling(call).CostUsd);
            }
        }

        string[] unpriced = [.. table.Models.Concat(judge is null ? [] : [judge.DisplayName]).Distinct()
            .Where(name => table.Catalog.Models[name].Price is null && table.Catalog.Models[name].Provider != ProviderKind.Simulated)];
        return new CostEstimate(calls, usual, most, unpriced);
    }

    private static decimal? Price(ModelCall call, long answer) => call.Model.Price?.CostUsd(CallTokens.Prompt(call), answer);
}
