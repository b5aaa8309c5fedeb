using Ensemble.Catalog;
using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>Estimates what calls would have taken that a strategy did without.</summary>
internal static class Savings
{
    /// <summary>A call that was sent and not waited for: its prompt is paid, its answer is not.</summary>
    public static SavingsManifest OfCancelled(RunContext context, PanelSlot slot)
    {
        var model = context.Catalog.Models[slot.Member.Model];
        return Of(model, 0, CallTokens.Answer(context.Chat, model) * slot.Answers);
    }

    /// <summary>Calls that were not made.</summary>
    public static SavingsManifest OfSkipped(RunContext context, IEnumerable<PanelSlot> slots) => Sum(slots.Select(slot =>
    {
        var model = context.Catalog.Models[slot.Member.Model];
        return Of(model, TokenEstimate.OfRequest(context.Chat), CallTokens.Answer(context.Chat, model) * slot.Answers);
    }));

    /// <summary>A judge that was not asked about these candidates.</summary>
    public static SavingsManifest OfJudge(RunContext context, JudgeConfig judge, IReadOnlyList<Candidate> candidates)
    {
        var model = context.Catalog.Models[judge.Model];
        var prompt = TokenEstimate.OfRequest(context.Chat) + candidates.Sum(candidate => TokenEstimate.OfText(candidate.Text));
        return Of(model, prompt, CallTokens.Answer(context.Chat, model));
    }

    private static SavingsManifest Of(ModelConfig model, long prompt, long answer) =>
        new(1, prompt + answer, model.Price?.CostUsd(prompt, answer));

    private static SavingsManifest Sum(IEnumerable<SavingsManifest> all) =>
        all.Aggregate(SavingsManifest.None, static (sum, one) => sum + one);
}
