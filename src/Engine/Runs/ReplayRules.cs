using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>What can be made of the stored answers of a panel without asking any of its members again.</summary>
public static class ReplayRules
{
    private const string NotAskedAgain = "panel members are not asked again";

    private static readonly Dictionary<StrategyKind, string> Refused = new()
    {
        [StrategyKind.Cascade] = "asks members rung by rung",
        [StrategyKind.Verify] = "asks models of its own for an answer",
        [StrategyKind.Route] = "asks models of its own for an answer",
        [StrategyKind.Specialist] = "has members answer parts of the request",
    };

    /// <summary>Every strategy by its name in a catalog.</summary>
    public static IReadOnlyDictionary<string, StrategyKind> Names { get; } =
        StrategyRules.Names.ToDictionary(name => name.Name, name => name.Kind, StringComparer.Ordinal);

    /// <summary>The names of those that can be replayed.</summary>
    public static IReadOnlyList<string> Replayable { get; } =
        [.. StrategyRules.Names.Where(name => !Refused.ContainsKey(name.Kind)).Select(name => name.Name)];

    /// <summary>Whether a run of that strategy asks members of the panel, whose answers another strategy can use.</summary>
    public static bool HasPanel(StrategyKind strategy) => StrategyRules.AsksPanel(strategy);

    /// <param name="catalog">With the ensemble as it is.</param>
    /// <param name="chat">The request that the panel answered.</param>
    /// <returns>Why the replay cannot be; null = it can.</returns>
    public static ReplayRefusal? Check(RunReplay replay, StoredPanel panel, ChatRequest chat, CatalogSnapshot catalog)
    {
        var ensemble = replay.Apply(catalog, chat.Model).Ensembles[chat.Model];
        var (strategy, name) = (ensemble.Strategy, StrategyRules.NameOf(ensemble.Strategy));
        var list = string.Join(", ", Replayable);
        if (Refused.TryGetValue(strategy, out var reason))
        {
            return new ReplayRefusal(
                ErrorCodes.StrategyNotReplayable,
                "strategy",
                $"The strategy {name} {reason}, and in a replay {NotAskedAgain}. Name one of: {list}.");
        }

        if (replay.Judge is not null && strategy is StrategyKind.Consensus or StrategyKind.Confidence)
        {
            return new ReplayRefusal(
                ErrorCodes.JudgeNotAsked, "judge", $"The strategy {name} asks no judge: leave 'judge' out, or name another strategy.");
        }

        if (ensemble.Judge is null && StrategyRules.NeedsJudge(strategy))
        {
            return new ReplayRefusal(
                ErrorCodes.JudgeMissing, "judge",
                $"The strategy {name} needs a judge, and this ensemble has none: name a model as 'judge'.");
        }

        if (ensemble.Tools == ToolsMode.Advise && ensemble.Judge is null && ToolOffer.ForWriter(chat, ensemble.Tools).IsOpen)
        {
            return new ReplayRefusal(
                "judge_missing", "judge",
                "The request has tools, which only a judge may call, and this ensemble has none: name a model as 'judge'.");
        }

        if (ensemble.Tools != ToolsMode.Advise && chat.IsSet("tools") && strategy is not (StrategyKind.Vote or StrategyKind.Adaptive))
        {
            return new ReplayRefusal(
                ErrorCodes.StrategyNotReplayable, "strategy",
                $"The request asks for tools, whose calls the strategy {name} cannot compare: name vote or adaptive.");
        }

        return Confidence(ensemble, name, panel)
            ?? (panel.Matches(ensemble, chat, catalog)
                ? null
                : new ReplayRefusal(
                    ErrorCodes.PanelChanged, null,
                    "The panel of this ensemble is not the one that answered, since it was changed: ask again instead.")
                { IsConflict = true });
    }

    private static ReplayRefusal? Confidence(EnsembleConfig ensemble, string name, StoredPanel panel)
    {
        if (ensemble.Strategy is not (StrategyKind.Confidence or StrategyKind.Adaptive))
        {
            return null;
        }

        if (ensemble.Confidence.Source == ConfidenceSource.SelfReport)
        {
            return new ReplayRefusal(
                ErrorCodes.StrategyNotReplayable, "strategy",
                $"With confidence.source self_report the strategy {name} has members say how sure they are, and in a replay {NotAskedAgain}.");
        }

        return ensemble.Strategy == StrategyKind.Adaptive
            || panel.Answers.Any(static answer => Logprobs.Mean(answer.Payload.Choices) is not null)
            ? null
            : new ReplayRefusal(
                ErrorCodes.StrategyNotReplayable,
                "strategy",
                $"The strategy {name} needs log-probabilities, and none were stored: members are asked for them only where the ensemble's "
                + "strategy is confidence or adaptive.");
    }
}

/// <summary>Why stored answers cannot be replayed in some way. Names no model.</summary>
/// <param name="Param">The field at fault; null = none.</param>
public sealed record ReplayRefusal(string Code, string? Param, string Message)
{
    /// <summary>Whether it is not the caller's wish that is at fault, but what changed since.</summary>
    public bool IsConflict { get; init; }
}
