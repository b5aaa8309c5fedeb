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
    private static readonly StrategyKind[] AnswerWriters = [Synthesize, BestOf, Cascade, Verify, Route, Specialist];

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

    }

    /// <summary>What a strategy does with tools by default: if a model writes the answer, that model calls them.</summary>
    public static ToolsMode DefaultTools(StrategyKind kind) => AnswerWriters.Contains(kind) ? ToolsMode.Advise : ToolsMode.Reject;

    /// <summary>Reports a use of tools that the strategy does not have.</summary>
    /// <param name="hasJudge">Whether the ensemble names one.</param>
    public static void CheckTools(ConfigNode tools, ToolsMode mode, StrategyKind kind, bool hasJudge)
    {
        if (mode == ToolsMode.Vote && !CallCounters.Contains(kind))
        {
            tools.Error(
                $"asks to count tool calls, and {UsedOnlyBy(CallCounters, "do that", "does that")}",
                DefaultTools(kind) == ToolsMode.Advise ? "Write \"advise\" or \"reject\", or choose one of them."
                    : "Write \"reject\", or choose one of them.");
        }
        else if (mode == ToolsMode.Advise && !AnswerWriters.Contains(kind) && !hasJudge)
        {
            tools.Error(
                $"lets the model that writes the answer call tools, and with strategy {NameOf(kind)} that is the judge, which is missing",
                "Name a judge, or write \"reject\".");
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
