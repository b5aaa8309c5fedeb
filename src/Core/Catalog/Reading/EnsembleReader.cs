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
        "stream_commit_ms", "straggler_grace_ms", "always_judge", "on_judge_failure", .. UnavailableFeatures.Fields,
    ];

    private static readonly (string, StrategyKind)[] Strategies = [("synthesize", StrategyKind.Synthesize)];

    private static readonly (string, OnJudgeFailure)[] JudgeFailures =
        [("best_candidate", OnJudgeFailure.BestCandidate), ("fail", OnJudgeFailure.Fail)];

    /// <summary>Whether an entry means an ensemble, also where its block is missing or its fields stand outside of it.</summary>
    public static bool IsEnsemble(JsonElement entry) => entry.ValueKind == JsonValueKind.Object
        && (entry.TryGetProperty("ensemble", out _) || entry.TryGetProperty("panel", out _) || entry.TryGetProperty("judge", out _));

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

        var panel = block.Require("panel", "List the models that are asked.") is { } members ? PanelReader.Read(members, draft) : [];
        var judge = block.Require("judge", "Name the model that writes the answer.") is { } writer ? JudgeReader.Read(writer, draft) : null;
        UnavailableFeatures.Check(block);
        var config = new EnsembleConfig
        {
            DisplayName = name ?? "",
            Panel = panel,
            Judge = judge ?? new JudgeConfig { Model = "" },
            Strategy = block.Find("strategy")?.OneOf(Strategies, UnavailableFeatures.Strategies) ?? StrategyKind.Synthesize,
            RateLimit = limits,
            MinResponses = ReadMinResponses(block, panel.Sum(member => member.Samples)),
            Timeout = block.Milliseconds("timeout_ms", 0, ModelReader.MaxTimeoutMs) is { Ticks: > 0 } timeout ? timeout : null,
            AlwaysJudge = block.Flag("always_judge") ?? false,
            OnJudgeFailure = block.Find("on_judge_failure")?.OneOf(JudgeFailures) ?? OnJudgeFailure.BestCandidate,
            StragglerGrace = block.Find("straggler_grace_ms") is { } grace ? ReadGrace(grace) : null,
        };
        config = config with
        {
            IdleTimeout = block.Milliseconds("idle_timeout_ms", 1, ModelReader.MaxTimeoutMs) ?? config.IdleTimeout,
            Deadline = block.Milliseconds("deadline_ms", 1, ModelReader.MaxTimeoutMs) ?? config.Deadline,
            MaxAnswer = block.Milliseconds("max_answer_ms", 1, MaxAnswerMs) ?? config.MaxAnswer,
            StreamCommit = block.Milliseconds("stream_commit_ms", 0, ModelReader.MaxTimeoutMs) ?? config.StreamCommit,
        };
        return name is null || judge is null || panel.Count == 0 ? null : config;
    }

    private static int ReadMinResponses(ConfigObject block, int answers)
    {
        var usual = Math.Max(1, Math.Min(2, answers));
        if (block.Find("min_responses") is not { } node || node.Integer(0, int.MaxValue) is not { } wanted)
        {
            return usual;
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

    private static StragglerGrace? ReadGrace(ConfigNode node)
    {
        if (node.IsString && node.Element.ValueEquals("all"))
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
