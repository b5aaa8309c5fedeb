using System.Globalization;
using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Runs;

namespace Ensemble.Evaluation.Running;

/// <summary>What an evaluation compares, and whom it asks for that.</summary>
/// <param name="Catalog">With an ensemble for each subject that is one.</param>
/// <param name="Panels">Whom each question is put to.</param>
/// <param name="Singles">The members and baselines, each once.</param>
/// <param name="Ensembles">The ensembles, then the models that are voted with themselves.</param>
internal sealed record SubjectTable(
    CatalogSnapshot Catalog, IReadOnlyList<AskedPanel> Panels, IReadOnlyList<Subject> Singles, IReadOnlyList<Subject> Ensembles)
{
    private const string SelfPrefix = "self:";

    private const int MaxSamples = 64;

    /// <summary>Whether a strategy compares log-probabilities, so that members have to be asked for them.</summary>
    public bool WantsLogprobs => Ensembles.Any(static subject => subject.Config is
    { Strategy: StrategyKind.Confidence or StrategyKind.Adaptive, Confidence.Source: ConfidenceSource.Logprobs });

    /// <summary>The aliases of all models that may be called.</summary>
    public IReadOnlyList<string> Models =>
        [.. Ensembles.SelectMany(static subject => subject.Config!.Models)
            .Concat(Panels.SelectMany(static panel => panel.Config.Models)).Distinct()];

    /// <exception cref="EvaluationException">An ensemble, strategy or baseline is not there, or cannot be tried.</exception>
    public static SubjectTable Of(CatalogSnapshot catalog, EvaluationOptions options)
    {
        var ensembles = Chosen(catalog, options.Ensembles);
        var panels = PanelsOf(ensembles);
        var variants = ensembles.SelectMany(ensemble => Variants(ensemble, options.Strategies, panels)).ToList();

        // What a strategy's own block names answers too, and is what the ensemble is to be better than.
        var alone = ensembles.Where(static ensemble => ensemble.Panel.Count == 0).SelectMany(AnswersOf)
            .Concat(options.Baselines.Where(static name => !name.StartsWith(SelfPrefix, StringComparison.Ordinal)))
            .Distinct().Except(panels.SelectMany(static panel => panel.Labels)).ToList();
        foreach (var name in alone)
        {
            CheckModel(catalog, name, "--baselines");
        }

        if (alone.Count > 0)
        {
            panels.Add(new AskedPanel(["baselines"], AskedOnce("baselines", alone), alone, IsVoted: false));
        }

        var selves = options.Baselines.Where(static name => name.StartsWith(SelfPrefix, StringComparison.Ordinal))
            .Select(name => Self(catalog, name, ensembles)).ToList();
        var asked = variants.Concat(selves).ToList();
        var taken = catalog.Models.Keys.ToHashSet();
        return asked.Find(subject => taken.Contains(subject.Name)) is { } clash
            ? throw new EvaluationException($"'{clash.Name}' is the name of a model too: rename the ensemble.")
            : new SubjectTable(
                new CatalogSnapshot(catalog.Revision, catalog.Models.Values, asked.Select(static subject => subject.Config!), []),
                panels,
                [.. panels.SelectMany(static panel => panel.Labels).Distinct()
                    .Select(static label => new Subject(label, SubjectKind.Single))],
                asked);
    }

    private static IReadOnlyList<EnsembleConfig> Chosen(CatalogSnapshot catalog, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return catalog.Ensembles.Count > 0
                ? [.. catalog.Ensembles.Values.OrderBy(static ensemble => ensemble.DisplayName, StringComparer.Ordinal)]
                : throw new EvaluationException("The catalog has no ensemble. Add one, or name a file that has one with --catalog.");
        }

        return [.. names.Distinct().Select(name => catalog.Ensembles.GetValueOrDefault(name) ?? throw new EvaluationException(
            $"--ensembles: the catalog has no ensemble '{name}'. {NearestName.Advice(
                name, catalog.Ensembles.Keys, $"It has: {string.Join(", ", catalog.Ensembles.Keys.Order(StringComparer.Ordinal))}.")}"))];
    }

    /// <returns>One for all ensembles that ask the same members and count them alike.</returns>
    private static List<AskedPanel> PanelsOf(IReadOnlyList<EnsembleConfig> ensembles) =>
        [.. ensembles.Where(static ensemble => ensemble.Panel.Count > 0)
            .GroupBy(static ensemble => (
                string.Join('\n', ensemble.Panel), ensemble.AnswerType, ensemble.Tools, ensemble.Consensus.Threshold,
                ensemble.Timeout, ensemble.IdleTimeout))
            .Select(static same => new AskedPanel(
                [.. same.Select(static ensemble => ensemble.DisplayName)], same.First(), MemberLabels.Of(same.First().Panel),
                same.First().Panel.Count > 1))];

    private static IEnumerable<Subject> Variants(EnsembleConfig ensemble, IReadOnlyList<string> strategies, List<AskedPanel> panels)
    {
        var panel = panels.Find(panel => panel.Ensembles.Contains(ensemble.DisplayName));
        if (strategies.Count == 0)
        {
            yield return new Subject(ensemble.DisplayName, SubjectKind.Ensemble, ensemble, panel);
        }

        foreach (var name in strategies.Distinct())
        {
            var kind = StrategyRules.Names.FirstOrDefault(known => known.Name == name) is { Name: not null } known
                ? known.Kind
                : throw new EvaluationException(
                    $"--strategies: there is no strategy '{name}'. {NearestName.Advice(
                        name, ReplayRules.Names.Keys, $"Strategies: {string.Join(", ", ReplayRules.Names.Keys)}.")}");
            if (kind != ensemble.Strategy && Problem(ensemble, kind) is { } problem)
            {
                throw new EvaluationException(
                    $"--strategies: {name} cannot be tried with the ensemble '{ensemble.DisplayName}', which {problem}.");
            }

            var alias = $"{ensemble.DisplayName} / {name}";
            yield return new Subject(alias, SubjectKind.Ensemble, ensemble with { DisplayName = alias, Strategy = kind }, panel);
        }
    }

    private static string? Problem(EnsembleConfig ensemble, StrategyKind kind) =>
        !StrategyRules.AsksPanel(kind) ? "has no block with the models of that strategy"
        : ensemble.Panel.Count == 0 ? "has no panel"
        : StrategyRules.NeedsJudge(kind) && ensemble.Judge is null ? "has no judge"
        : null;

    private static Subject Self(CatalogSnapshot catalog, string name, IReadOnlyList<EnsembleConfig> ensembles)
    {
        var split = name.LastIndexOf(':');
        if (split <= SelfPrefix.Length
            || !int.TryParse(name.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var samples)
            || samples is < 2 or > MaxSamples)
        {
            throw new EvaluationException(
                $"--baselines: '{name}' is not a valid baseline; write self:MODEL:K with K from 2 to {MaxSamples}, as self:gpt-small:5.");
        }

        var model = name[SelfPrefix.Length..split];
        CheckModel(catalog, model, "--baselines");
        AnswerType[] types = [.. ensembles.Select(static ensemble => ensemble.AnswerType).Distinct()];
        return new Subject(name, SubjectKind.Self, AskedOnce(name, [model]) with
        {
            Panel = [new PanelMemberConfig { Model = model, Samples = samples }],
            Strategy = StrategyKind.Vote,
            MinResponses = (samples / 2) + 1,

            // Counted as the ensembles' answers are, where these are of one mind.
            AnswerType = types is [var only] ? only : AnswerType.Auto,
        });
    }

    private static EnsembleConfig AskedOnce(string name, IReadOnlyList<string> models) => new()
    {
        DisplayName = name,
        Panel = [.. models.Select(static model => new PanelMemberConfig { Model = model })],
        MinResponses = 1,
    };

    private static void CheckModel(CatalogSnapshot catalog, string name, string option)
    {
        if (catalog.Models.GetValueOrDefault(name)?.Kind != ModelKind.Chat)
        {
            throw new EvaluationException($"{option}: the catalog has no chat model '{name}'. {NearestName.Advice(
                name, catalog.Models.Keys, $"It has: {string.Join(", ", catalog.Models.Keys.Order(StringComparer.Ordinal))}.")}");
        }
    }

    private static IEnumerable<string> AnswersOf(EnsembleConfig ensemble) =>
        new[] { ensemble.Verify?.Primary, ensemble.Verify?.EscalateTo }
            .Concat(ensemble.Route?.Targets ?? [])
            .Concat(ensemble.Specialist?.Members.Values ?? [])
            .OfType<string>().Distinct();
}
