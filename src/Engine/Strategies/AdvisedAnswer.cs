using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>An answer whose writer gets the request's tools, and the panel's advice.</summary>
internal static class AdvisedAnswer
{
    /// <summary>Continues a turn of tool calls: the panel is not asked, and the writers see its earlier advice if it is kept.</summary>
    /// <param name="writers">Asked in turn.</param>
    /// <param name="explain">Says why none of them has answered.</param>
    /// <returns>Null where the panel is asked.</returns>
    public static async Task<RunEnd?> ContinueAsync(
        RunContext context, EnsembleConfig ensemble, Func<IReadOnlyList<AnswerWriter>> writers,
        Func<RunContext, JudgeResult, RunEnd> explain)
    {
        var turn = await context.TurnAsync(ensemble);
        if (!turn.Tools.IsSent)
        {
            return null;
        }

        if (!turn.Continues)
        {
            context.Diagnostics.Decide(new DecisionManifest("advice", "asked"));
            return null;
        }

        context.Diagnostics.Decide(new DecisionManifest("advice", turn.Advice is null ? "missing" : "kept") { Reason = turn.Advice?.Run });
        context.Diagnostics.Judge = turn.Advice?.Judge;
        var result = await new AnswerChain(context, ensemble).WriteAsync(
            [.. writers().Select(writer => writer with { Edits = () => turn.Apply(writer.Edits()) })]);
        return result switch
        {
            { Overflowed: true } => RunResults.TooLarge,
            { Answer: { } answer } => answer,
            _ => explain(context, result),
        };
    }
}
