using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads an ensemble.</summary>
internal static class EnsembleReader
{
    private const int MaxAnswerMs = 86_400_000;

    private static readonly string[] EntryFields = ["display_name", "rate_limit", "ensemble"];

    private static readonly string[] Fields =
    [
        "panel", "judge", "strategy", "min_responses", "timeout_ms", "idle_timeout_ms", "deadline_ms", "max_answer_ms",
        "stream_commit_ms", "straggler_grace_ms", "always_judge", "on_judge_failure", "analysis", "answer_type", "tools", "budget",
        "on_budget",
        .. StrategyRules.BlockFields,
    ];

    private static readonly (string, OnJudgeFailure)[] JudgeFailures =
        [("best_candidate", OnJudgeFailure.BestCandidate), ("fail", OnJudgeFailure.Fail)];

    private static readonly (string, AnswerType)[] AnswerTypes =
    [
        ("auto", AnswerType.Auto), ("json", AnswerType.Json), ("choice", AnswerType.Choice), ("number", AnswerType.Number),
        ("yes_no", AnswerType.YesNo), ("short_text", AnswerType.ShortText), ("text", AnswerType.Text),
    ];

    /// <summary>Whether an entry means an ensemble, also where its block is missing or its fields stand outside of it.</summary>
    public static bool IsEnsemble(JsonElement entry) => entry.ValueKind == JsonValueKind.Object
        && (entry.TryMember("ensemble", out _) || entry.TryMember("panel", out _) || entry.TryMember("judge", out _));

    public static EnsembleConfig? Read(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(EntryFields, FieldOutside) is not { } entry)
        {
            return null;
        }

        var name = draft.ReadAlias(entry, isEnsemble: true, ModelKind.Chat);
        var limits = entry.Find("rate_limit") is { } rate ? LimitsReader.ReadRateLimit(rate) : null;
        if (entry.Require("ensemble", "Give it a panel and a judge.")?.Object(Fields, FieldInside) is not { } block)
        {
            return null;
        }

        var strategyNode = block.Find("strategy");
        var chosen = strategyNode is { } written ? written.OneOf(StrategyRules.Names) : StrategyKind.Synthesize;
        var strategy = chosen ?? StrategyKind.Synthesize;
        var panel = ReadPanel(block, chosen, draft);
        var config = new EnsembleConfig
        {
            DisplayName = name ?? "",
            Panel = panel,
            Judge = ReadJudge(block, chosen, draft),
            Strategy = strategy,
            RateLimit = limits,
            MinResponses = QuorumReader.Read(block, strategy, panel),
            AlwaysJudge = block.Flag("always_judge") ?? false,
            OnJudgeFailure = block.Find("on_judge_failure")?.OneOf(JudgeFailures) ?? OnJudgeFailure.BestCandidate,
            Analysis = block.Flag("analysis") ?? false,
            AnswerType = block.Find("answer_type")?.OneOf(AnswerTypes) ?? AnswerType.Auto,
            Budget = block.Find("budget") is { } budget ? BudgetReader.Read(budget) : BudgetConfig.None,
            OnBudget = BudgetReader.ReadOnBudget(block),
        };
        config = ToolsReader.Read(block, config, chosen);
        if (chosen is not null)
        {
            StrategyRules.RejectUnusedFields(block, strategy);
            config = StrategyBlocks.Read(block, config, draft);
        }

        config = ReadTimes(block, config);
        return name is null ? null : config;
    }

    private static IReadOnlyList<PanelMemberConfig> ReadPanel(ConfigObject block, StrategyKind? strategy, CatalogDraft draft)
    {
        var isAsked = strategy is null || StrategyRules.AsksPanel(strategy.Value);
        var members = strategy is not null && isAsked ? block.Require("panel", "List the models that are asked.") : block.Find("panel");
        return members is { } list ? PanelReader.Read(list, draft, isAsked) : [];
    }

    private static JudgeConfig? ReadJudge(ConfigObject block, StrategyKind? strategy, CatalogDraft draft)
    {
        var judge = strategy is { } known && StrategyRules.NeedsJudge(known)
            ? block.Require(
                "judge", known == StrategyKind.BestOf ? "Name the model that picks the answer." : "Name the model that writes the answer.")
            : block.Find("judge");
        return judge is { } node ? JudgeReader.Read(node, draft) : null;
    }

    private static EnsembleConfig ReadTimes(ConfigObject block, EnsembleConfig config)
    {
        config = config with
        {
            Timeout = block.Milliseconds("timeout_ms", 0, ModelReader.MaxTimeoutMs) is { Ticks: > 0 } timeout ? timeout : null,
            IdleTimeout = block.Milliseconds("idle_timeout_ms", 1, ModelReader.MaxTimeoutMs) ?? config.IdleTimeout,
            Deadline = block.Milliseconds("deadline_ms", 1, ModelReader.MaxTimeoutMs) ?? config.Deadline,
            MaxAnswer = block.Milliseconds("max_answer_ms", 1, MaxAnswerMs) ?? config.MaxAnswer,
            StreamCommit = block.Milliseconds("stream_commit_ms", 0, ModelReader.MaxTimeoutMs) ?? config.StreamCommit,
            StragglerGrace = block.Find("straggler_grace_ms") is { } grace ? ReadGrace(grace) : null,
        };
        if (config.Timeout > config.Deadline)
        {
            block.Find("timeout_ms")?.Warn(
                $"is longer than deadline_ms, {config.Deadline.TotalMilliseconds:0}, by which the answer has to begin",
                "Lower it, or raise deadline_ms.");
        }

        return config;
    }

    private static StragglerGrace? ReadGrace(ConfigNode node)
    {
        if (node.IsString && node.Element.TextIs("all"))
        {
            return StragglerGrace.All;
        }

        if (node.Element.ValueKind != JsonValueKind.Number)
        {
            node.Error("must be a number of milliseconds, \"all\" or null", "Write \"all\" to wait for every member.");
            return null;
        }

        return node.Number(0, ModelReader.MaxTimeoutMs) is { } wait ? new StragglerGrace(TimeSpan.FromMilliseconds(wait)) : null;
    }

    private static string? FieldOutside(string field) =>
        Fields.Contains(field, StringComparer.Ordinal) ? "Move it into \"ensemble\"." : null;

    private static string? FieldInside(string field) =>
        field is "display_name" or "rate_limit" ? "Move it out of \"ensemble\", beside it." : null;
}
