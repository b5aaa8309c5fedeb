using System.Globalization;

namespace Ensemble.Catalog.Reading;

/// <summary>Warns of ensembles that hold, and yet are unlikely to do what was meant.</summary>
internal static class EnsembleWarnings
{
    /// <summary>
    /// A judge that costs less than its panel's most expensive member by more than this is taken for a much weaker model.
    /// </summary>
    private const int CheaperFactor = 5;

    public static void Check(
        IEnumerable<(string Path, EnsembleConfig Config)> ensembles, IReadOnlyDictionary<string, ModelConfig> models, IssueLog issues)
    {
        foreach (var (path, ensemble) in ensembles)
        {
            var block = $"{path}.ensemble";
            CheckFamilies(block, ensemble, models, issues);
            CheckJudge(block, ensemble, models, issues);
            CheckLogprobs(block, ensemble, models, issues);
            CheckCalls(block, ensemble, issues);
            CheckIdleMembers(block, ensemble, issues);
        }
    }

    /// <summary>Models may be different, and yet likely to make the same mistakes.</summary>
    private static void CheckFamilies(
        string path, EnsembleConfig ensemble, IReadOnlyDictionary<string, ModelConfig> models, IssueLog issues)
    {
        var members = ensemble.Panel.Select(member => member.Model).Distinct().ToList();
        var families = members.Select(member => models.GetValueOrDefault(member)?.Family).Distinct().ToList();
        if (StrategyRules.AsksPanel(ensemble.Strategy) && members.Count > 1 && families is [{ } family])
        {
            issues.Warn(new CatalogIssue(
                $"{path}.panel",
                $"has models of one family only, {ConfigText.Quote(family)}, which tend to err alike",
                null,
                "Add a model of another family."));
        }
    }

    private static void CheckJudge(string path, EnsembleConfig ensemble, IReadOnlyDictionary<string, ModelConfig> models, IssueLog issues)
    {
        if (ensemble.Judge is not { } judge || models.GetValueOrDefault(judge.Model)?.Price is not { } price)
        {
            return;
        }

        var costliest = ensemble.Panel.Select(member => member.Model)
            .Concat(ensemble.Specialist?.Members.Values ?? [])
            .Select(model => (Model: model, Price: models.GetValueOrDefault(model)?.Price?.OutputPerMillion ?? 0))
            .DefaultIfEmpty()
            .MaxBy(member => member.Price);
        if (price.OutputPerMillion * CheaperFactor < costliest.Price)
        {
            issues.Warn(new CatalogIssue(
                $"{path}.judge.model",
                $"costs less than a fifth of {ConfigText.Quote(costliest.Model)}, whose answers it judges, and may be too weak for it",
                ConfigText.Quote(judge.Model),
                "Let a model judge that is about as good as the panel's best."));
        }
    }

    private static void CheckLogprobs(
        string path, EnsembleConfig ensemble, IReadOnlyDictionary<string, ModelConfig> models, IssueLog issues)
    {
        if (ensemble.Strategy is not (StrategyKind.Confidence or StrategyKind.Adaptive)
            || ensemble.Confidence.Source != ConfidenceSource.Logprobs)
        {
            return;
        }

        for (var index = 0; index < ensemble.Panel.Count; index++)
        {
            var member = ensemble.Panel[index].Model;
            if (models.GetValueOrDefault(member)?.Provider == ProviderKind.Anthropic)
            {
                issues.Warn(new CatalogIssue(
                    $"{path}.panel[{index}].model",
                    "is of a provider that gives no log-probabilities, so it abstains where the surest answer is looked for",
                    ConfigText.Quote(member),
                    "Set \"confidence\": { \"source\": \"self_report\" }, or take it from the panel."));
            }
        }
    }

    private static void CheckCalls(string path, EnsembleConfig ensemble, IssueLog issues)
    {
        if (ensemble.Budget.MaxCalls is { } most && MinCalls(ensemble) is var fewest && most < fewest)
        {
            issues.Warn(new CatalogIssue(
                $"{path}.budget.max_calls",
                $"is less than the {fewest} calls that every run of this ensemble makes, so that none ends as it should",
                most.ToString(CultureInfo.InvariantCulture),
                $"Raise it to {fewest} or more."));
        }
    }

    /// <summary>A member that no call is made to is likely to be a slip: its settings have no effect.</summary>
    private static void CheckIdleMembers(string path, EnsembleConfig ensemble, IssueLog issues)
    {
        if (StrategyRules.AsksPanel(ensemble.Strategy))
        {
            return;
        }

        var called = (ensemble with { Panel = [] }).Models;
        for (var index = 0; index < ensemble.Panel.Count; index++)
        {
            if (!called.Contains(ensemble.Panel[index].Model))
            {
                issues.Warn(new CatalogIssue(
                    $"{path}.panel[{index}].model",
                    $"is never asked: the block \"{StrategyRules.NameOf(ensemble.Strategy)}\" does not name it",
                    ConfigText.Quote(ensemble.Panel[index].Model),
                    "Remove it, or name it there."));
            }
        }
    }

    private static int MinCalls(EnsembleConfig ensemble) => ensemble.Strategy switch
    {
        StrategyKind.Verify => 2,
        StrategyKind.Route => 1,

        // A plan, one part, and the judge.
        StrategyKind.Specialist => 3,
        StrategyKind.Synthesize or StrategyKind.BestOf =>
            CallsToQuorum(ensemble) + (ensemble.MinResponses > 1 || ensemble.AlwaysJudge ? 1 : 0),
        StrategyKind.Confidence when ensemble.Confidence.Source == ConfidenceSource.SelfReport =>
            CallsToQuorum(ensemble) + ensemble.MinResponses,
        _ => CallsToQuorum(ensemble),
    };

    /// <summary>The samples of one member may come by one call.</summary>
    private static int CallsToQuorum(EnsembleConfig ensemble)
    {
        var (calls, answers) = (0, 0);
        foreach (var samples in ensemble.Panel.Select(member => member.Samples).OrderDescending().TakeWhile(
            _ => answers < ensemble.MinResponses))
        {
            answers += samples;
            calls++;
        }

        return calls;
    }
}
