using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Judging;
using Ensemble.Runs;
using Ensemble.Strategies;
using Ensemble.Usage;

namespace Ensemble.Execution;

/// <summary>Foresees the calls of a request. Retries of a call are not foreseen.</summary>
/// <param name="answerTokens">Tokens of an answer that a model gives to the request.</param>
/// <param name="cost">US dollars of a call by its price, and its tokens of prompt and answer.</param>
internal sealed class RunPlanner(
    ChatRequest chat, CatalogSnapshot catalog, Func<ChatRequest, ModelConfig, long> answerTokens,
    Func<PriceConfig, long, long, decimal> cost)
{
    /// <summary>Of the built-in wording around candidates, in tokens.</summary>
    private const long PromptOverhead = 512;

    private readonly List<PlannedCall> _calls = [];
    private readonly long _prompt = TokenEstimate.OfRequest(chat);

    /// <summary>What the model is offered that writes the answer.</summary>
    private ToolOffer _tools = ToolOffer.None;

    /// <summary>Whether the panel is not asked, since the request goes on with the tools of a turn.</summary>
    private bool _continues;

    public RunPlan Plan()
    {
        if (!catalog.Ensembles.TryGetValue(chat.Model, out var ensemble))
        {
            Answer(SubCallRole.Panel, SubCallStep.Direct, chat.Model, isSure: true, _prompt, Math.Clamp(chat.N, 1, 1000));
            return new RunPlan(_calls);
        }

        _tools = ToolOffer.ForWriter(chat, ensemble.Tools);
        _continues = _tools.IsSent && ensemble.Advice == AdviceFrequency.OncePerUserTurn && ToolTurn.ContinuesTurn(chat);
        switch (ensemble.Strategy)
        {
            case StrategyKind.Cascade:
                Cascade(ensemble);
                break;
            case not (StrategyKind.Verify or StrategyKind.Route) when _continues && ensemble.Judge is not null:
                Write(ensemble, _prompt + PromptOverhead + PanelTokens(ensemble), isSure: true);
                break;
            case not (StrategyKind.Verify or StrategyKind.Route or StrategyKind.Specialist)
                when _tools.IsOpen && ensemble.Judge is not null:
                Panel(ensemble with { Strategy = StrategyKind.Synthesize });
                break;
            case StrategyKind.Verify:
                Verify(ensemble.Verify!.Primary, ensemble.Verify.Verifier, ensemble.Verify.EscalateTo);
                break;
            case StrategyKind.Route:
                Route(ensemble.Route!);
                break;
            case StrategyKind.Specialist:
                Specialist(ensemble);
                break;
            default:
                Panel(ensemble);
                break;
        }

        return new RunPlan(_calls);
    }

    private void Panel(EnsembleConfig ensemble)
    {
        Members(PanelSlot.Of(ensemble, chat, catalog), isSure: true);
        var answers = PanelTokens(ensemble);
        var strategy = ensemble.Strategy;
        if (strategy == StrategyKind.BestOf)
        {
            for (var reading = 0; reading < (ensemble.BestOf.Swap ? 2 : 1); reading++)
            {
                Judges(
                    ensemble, (judge, isSure) => Control(SubCallStep.Pick, judge, isSure, answers, ensemble.Judge!.ReasoningEffort),
                    isSure: true);
            }
        }

        if (strategy is StrategyKind.Confidence or StrategyKind.Adaptive && ensemble.Confidence.Source == ConfidenceSource.SelfReport)
        {
            foreach (var member in ensemble.Panel.SelectMany(member => Enumerable.Repeat(member.Model, member.Samples)))
            {
                Control(SubCallStep.SelfReport, member, strategy == StrategyKind.Confidence, AnswerTokens(member));
            }
        }

        Compare(ensemble, answers, isSure: strategy == StrategyKind.Consensus);

        if (strategy is StrategyKind.Synthesize or StrategyKind.Vote or StrategyKind.Adaptive && ensemble.Judge is not null)
        {
            var isSure = strategy == StrategyKind.Synthesize;
            if (ensemble.Analysis)
            {
                Judges(
                    ensemble, (judge, sure) => Control(SubCallStep.Analysis, judge, sure, answers, ensemble.Judge!.ReasoningEffort),
                    isSure);
            }

            Write(ensemble, _prompt + answers + PromptOverhead, isSure);
        }
    }

    private void Write(EnsembleConfig ensemble, long prompt, bool isSure) =>
        Judges(ensemble, (judge, sure) => Answer(SubCallRole.Judge, SubCallStep.Synthesis, judge, sure, prompt), isSure);

    private long PanelTokens(EnsembleConfig ensemble) => ensemble.Panel.Sum(member => member.Samples * AnswerTokens(member.Model));

    private void Compare(EnsembleConfig ensemble, long answers, bool isSure)
    {
        if (ensemble.Consensus.EmbeddingModel is { } embedding && ensemble.Panel.Sum(member => member.Samples) > 1)
        {
            Add(SubCallRole.Control, SubCallStep.Embedding, embedding, isSure, answers, 0);
        }
    }

    private void Cascade(EnsembleConfig ensemble)
    {
        var rungs = CascadeRungs.Of(ensemble);
        var asked = _continues || _tools.IsOpen ? rungs.Count - 1 : rungs.Count;
        if (asked < rungs.Count)
        {
            // Its members write; each is the fallback of the one before it.
            var prompt = _prompt + PromptOverhead + PanelTokens(ensemble);
            foreach (var (member, place) in rungs[^1].Select((member, place) => (member, place)))
            {
                Answer(SubCallRole.Panel, SubCallStep.Candidate, ensemble.Panel[member].Model, isSure: place == 0, prompt);
            }
        }

        for (var index = 0; index < (_continues ? 0 : asked); index++)
        {
            Members(rungs[index].SelectMany(member => PanelSlot.Of(ensemble, member, chat, catalog)), isSure: index == 0);
            Compare(
                ensemble, rungs[index].Sum(member => ensemble.Panel[member].Samples * AnswerTokens(ensemble.Panel[member].Model)),
                isSure: false);
            if (index < rungs.Count - 1 && !_tools.IsOpen && ensemble.Cascade.Verifier is { } verifier)
            {
                Control(SubCallStep.Verification, verifier, isSure: index == 0, rungs[index].Max(
                    member => AnswerTokens(ensemble.Panel[member].Model)));
            }
        }
    }

    private void Verify(string primary, string verifier, string escalateTo)
    {
        if (_continues)
        {
            Answer(
                SubCallRole.Panel, SubCallStep.Escalation, escalateTo, isSure: true, _prompt + AnswerTokens(primary) + PromptOverhead);
            return;
        }

        Answer(SubCallRole.Panel, SubCallStep.Candidate, primary, isSure: true, _prompt);
        if (!_tools.IsRequired)
        {
            Control(SubCallStep.Verification, verifier, isSure: !_tools.IsOpen, AnswerTokens(primary));
        }

        Answer(
            SubCallRole.Panel, SubCallStep.Escalation, escalateTo, isSure: _tools.IsRequired,
            _prompt + AnswerTokens(primary) + PromptOverhead);
    }

    private void Route(RouteConfig route)
    {
        if (route.Rules.FirstOrDefault(rule => RouteMatch.Matches(rule.When, chat)) is { } rule)
        {
            RouteTo(route, rule.To);
            return;
        }

        if (route.Classifier is not { } classifier)
        {
            RouteTo(route, route.Default);
            return;
        }

        Control(SubCallStep.Classification, classifier, isSure: true, 0);

        // Which one it will choose is not known: the most expensive stands for all.
        RouteTo(route,
            route.Targets.MaxBy(target => (MaxUsd(target, _prompt), target == route.Default ? 0 : 1))!);
    }

    private void RouteTo(RouteConfig route, string target)
    {
        if (target == route.Default)
        {
            Answer(SubCallRole.Panel, SubCallStep.Candidate, target, isSure: true, _prompt);
            return;
        }

        if (route.Verify is { } verify)
        {
            Verify(target, verify.Verifier, route.Default);
        }
        else
        {
            Answer(SubCallRole.Panel, SubCallStep.Candidate, target, isSure: true, _prompt);
            Answer(SubCallRole.Panel, SubCallStep.Escalation, route.Default, isSure: false, _prompt);
        }

        if (route.ShadowRate > 0)
        {
            Answer(SubCallRole.Panel, SubCallStep.Shadow, route.Default, isSure: false, _prompt);
        }
    }

    private void Specialist(EnsembleConfig ensemble)
    {
        var config = ensemble.Specialist!;
        Add(SubCallRole.Control, SubCallStep.Plan, config.Planner, isSure: true, _prompt + PromptOverhead, ControlQuestion.PlanMaxTokens);
        var costliest = config.Members.Values
            .MaxBy(member => (MaxUsd(member, _prompt + PromptOverhead), AnswerTokens(member)))!;
        for (var part = 0; part < config.MaxSubtasks; part++)
        {
            Answer(SubCallRole.Panel, SubCallStep.Subtask, costliest, isSure: part == 0, _prompt + PromptOverhead);
        }

        Judges(ensemble, (judge, isSure) => Answer(SubCallRole.Judge, SubCallStep.Synthesis, judge, isSure,
            _prompt + (config.MaxSubtasks * AnswerTokens(costliest)) + PromptOverhead), isSure: true);
    }

    private void Members(IEnumerable<PanelSlot> slots, bool isSure)
    {
        foreach (var slot in slots)
        {
            Answer(SubCallRole.Panel, SubCallStep.Candidate, slot.Member.Model, isSure, _prompt, slot.Answers);
        }
    }

    private static void Judges(EnsembleConfig ensemble, Action<string, bool> add, bool isSure)
    {
        add(ensemble.Judge!.Model, isSure);
        foreach (var fallback in ensemble.Judge.Fallbacks)
        {
            add(fallback, false);
        }
    }

    private void Control(SubCallStep step, string model, bool isSure, long material, ReasoningEffort? effort = null) =>
        Add(SubCallRole.Control, step, model, isSure, _prompt + material + PromptOverhead, ControlQuestion.MaxTokensFor(effort));

    private void Answer(SubCallRole role, SubCallStep step, string model, bool isSure, long prompt, int answers = 1) =>
        Add(role, step, model, isSure, prompt, AnswerTokens(model) * answers);

    private void Add(SubCallRole role, SubCallStep step, string model, bool isSure, long prompt, long completion) =>
        _calls.Add(new PlannedCall(
            role, step, model, isSure, prompt, completion,
            catalog.Models[model].Price is { } price ? cost(price, prompt, completion) : null));

    // A model without a price may be the most expensive.
    private decimal MaxUsd(string model, long prompt) =>
        catalog.Models[model].Price?.MaxUsd(prompt, AnswerTokens(model)) ?? decimal.MaxValue;

    private long AnswerTokens(string model) => answerTokens(chat, catalog.Models[model]);
}
