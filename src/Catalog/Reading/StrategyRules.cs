using System.Text.Json;
using static Ensemble.Catalog.StrategyKind;

namespace Ensemble.Catalog.Reading;

/// <summary>What each strategy needs, and which settings it reads.</summary>
internal static class StrategyRules
{
    public static readonly (string Name, StrategyKind Kind)[] Names =
    [
        ("synthesize", Synthesize), ("best_of", BestOf), ("vote", Vote), ("consensus", Consensus), ("confidence", Confidence),
        ("adaptive", Adaptive), ("cascade", Cascade), ("verify", Verify), ("route", Route),
        ("specialist", Specialist),
    ];

    /// <summary>Those that hold the answers of a panel against each other.</summary>
    private static readonly StrategyKind[] Comparing =
        [Synthesize, BestOf, Vote, Consensus, Confidence, Adaptive, Cascade];

    /// <summary>Block → the strategies that read it.</summary>
    private static readonly (string Block, StrategyKind[] Readers)[] Blocks =
    [
        ("best_of", [BestOf]),
        ("consensus", Comparing),
        ("confidence", [Confidence, Adaptive]),
        ("cascade", [Cascade]),
        ("verify", [Verify]),
        ("route", [Route]),
        ("specialist", [Specialist]),
    ];

    private static readonly StrategyKind[] AnalysisWriters = [Synthesize, Adaptive];
    private static readonly StrategyKind[] CallCounters = [Vote, Adaptive, Cascade];

    public static readonly string[] BlockFields = [.. Blocks.Select(block => block.Block)];

    public static string NameOf(StrategyKind kind) => Names.First(name => name.Kind == kind).Name;

    /// <summary>
    /// Whether a panel is what is asked; otherwise the strategy's own block names the models, and members only give settings.
    /// </summary>
    public static bool AsksPanel(StrategyKind kind) => Comparing.Contains(kind);

    public static bool NeedsJudge(StrategyKind kind) => kind is Synthesize or BestOf or Specialist;

    /// <summary>Reports each field that is there, and that the strategy would not read.</summary>
    public static void RejectUnusedFields(ConfigObject block, StrategyKind kind)
    {
        foreach (var (field, readers) in Blocks)
        {
            if (!readers.Contains(kind))
            {
                block.Find(field)?.Error(
                    UsedOnlyBy(readers), $"Remove it, or choose {(readers.Length == 1 ? "that strategy" : "one of them")}.");
            }
        }

        if (block.Find("analysis") is { } analysis && analysis.Element.ValueKind == JsonValueKind.True && !AnalysisWriters.Contains(kind))
        {
            analysis.Error(UsedOnlyBy(AnalysisWriters), "Write false, or remove it.");
        }

        if (block.Find("tools") is { IsString: true } tools && tools.Element.TextIs("vote") && !CallCounters.Contains(kind))
        {
            tools.Error(
                $"asks to count tool calls, and {UsedOnlyBy(CallCounters, "do that", "does that")}",
                "Write \"reject\", or choose one of them.");
        }
    }

    private static string UsedOnlyBy(StrategyKind[] readers, string several = "read it", string one = "reads it")
    {
        var names = readers.Select(NameOf).ToList();
        return names.Count == 1
            ? $"only strategy {names[0]} {one}"
            : $"only the strategies {string.Join(", ", names[..^1])} and {names[^1]} {several}";
    }
}
