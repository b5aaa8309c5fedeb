using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Runs;

namespace Ensemble.Panels;

/// <summary>Whom a strategy asks side by side, and how long it waits for them.</summary>
internal sealed record PanelPlan
{
    public required IReadOnlyList<PanelSlot> Slots { get; init; }

    /// <summary>Usable answers that are needed, from 1.</summary>
    public required int Required { get; init; }

    /// <summary>Null = the larger of 2 s and half the time to quorum.</summary>
    public StragglerGrace? Grace { get; init; }

    /// <summary>What differs from the caller's request.</summary>
    public required Func<PanelSlot, RequestEdits> Edits { get; init; }

    /// <summary>How answers are read. Default: as text.</summary>
    public ExpectedAnswer Expected { get; init; } = ExpectedAnswer.Text;

    /// <summary>Whether the providers' choices are kept: for tool calls and log-probabilities.</summary>
    public bool KeepsChoices { get; init; }

    /// <summary>Whether all answer the same question, so that agreement means something.</summary>
    public bool Compares { get; init; } = true;

    /// <summary>Whether the answers are compared beside what follows, which does not depend on it.</summary>
    public bool ComparesLater { get; init; }

    /// <summary>
    /// Whether those who are still out can change nothing any more, given the usable answers that are in and the weight that is out; asked
    /// only with quorum. Null = they always can.
    /// </summary>
    public Func<IReadOnlyList<Candidate>, double, bool>? IsDecided { get; init; }

    /// <summary>All members of an ensemble.</summary>
    public static PanelPlan Of(RunContext context, EnsembleConfig ensemble)
    {
        var tools = ToolOffer.ForMembers(context.Chat, ensemble.Tools);
        return new PanelPlan
        {
            Slots = PanelSlot.Of(ensemble, context.Chat, context.Catalog),
            Required = ensemble.MinResponses,
            Grace = ensemble.StragglerGrace,
            Edits = slot => MemberEdits.For(context.Chat, slot, tools),
            Expected = new ExpectedAnswer(tools, context.Format),
            KeepsChoices = tools.IsOpen || tools.IsAdvice,
        };
    }
}
