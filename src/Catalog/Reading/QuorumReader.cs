namespace Ensemble.Catalog.Reading;

/// <summary>Reads how many usable answers are needed.</summary>
internal static class QuorumReader
{
    public static int Read(ConfigObject block, StrategyKind strategy, IReadOnlyList<PanelMemberConfig> panel)
    {
        var answers = panel.Sum(member => member.Samples);
        var fallback = Default(strategy, answers);
        if (block.Find("min_responses") is not { } node || node.Integer(0, int.MaxValue) is not { } wanted)
        {
            return fallback;
        }

        if (!StrategyRules.AsksPanel(strategy))
        {
            if (wanted > 1)
            {
                node.Warn($"is taken as 1, since strategy {StrategyRules.NameOf(strategy)} counts no answers", "Remove it.");
            }

            return 1;
        }

        if (wanted == 0)
        {
            node.Warn("is taken as 1", "Write 1, or more.");
            return 1;
        }

        if (answers > 0 && wanted > answers)
        {
            node.Warn($"is taken as {answers}, the answers that the panel can give", "Lower it, or add members.");
            return answers;
        }

        return (int)wanted;
    }

    private static int Default(StrategyKind strategy, int answers) => strategy switch
    {
        StrategyKind.Vote => (answers / 2) + 1,

        // Each rung has its own: more than half of it, which is known when it is asked.
        StrategyKind.Cascade => 1,
        _ when StrategyRules.AsksPanel(strategy) => Math.Max(1, Math.Min(2, answers)),
        _ => 1,
    };
}
