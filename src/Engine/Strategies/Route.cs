using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>
/// One model answers: that of the first rule that matches the request, else the one that a classifier chooses, else the default, which
/// answers also where another fails.
/// </summary>
internal sealed class Route(EnsembleConfig ensemble) : IStrategy
{
    private RouteConfig Config => ensemble.Route!;

    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var target = await ChooseAsync(context);
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        var calls = new MemberCall(context, ensemble);
        var shadow = target != Config.Default && context.Random("shadow").NextDouble() < Config.ShadowRate
            ? new RouteShadow(context, ensemble, Config.Default)
            : null;
        shadow?.Begin();
        var (end, text) = target != Config.Default && Config.Verify is { } verify
            ? await VerifiedAsync(context, calls, target, verify)
            : await StreamAsync(context, calls, target);
        if (shadow is not null && end.Answer is not null && text is not null)
        {
            await shadow.CompareAsync(text);
        }

        return end;
    }

    private async Task<string> ChooseAsync(RunContext context)
    {
        for (var index = 0; index < Config.Rules.Count; index++)
        {
            if (RouteMatch.Matches(Config.Rules[index].When, context.Chat))
            {
                context.Diagnostics.Decide(new DecisionManifest("route", "rule") { Index = index });
                return Config.Rules[index].To;
            }
        }

        if (Config.Classifier is { } classifier && await ClassifyAsync(context, classifier) is { } chosen)
        {
            return chosen;
        }

        context.Diagnostics.Decide(new DecisionManifest("route", "default"));
        return Config.Default;
    }

    private async Task<string?> ClassifyAsync(RunContext context, string classifier)
    {
        string[] targets = [.. Config.Targets];
        var list = string.Join(
            '\n', targets.Select(target => Config.Descriptions.TryGetValue(target, out var text) ? $"- {target}: {text}" : $"- {target}"));
        var reply = await new ControlCalls(context, ensemble).AskAsync(new ControlQuestion
        {
            Step = SubCallStep.Classification,
            Models = [classifier],
            Prompt = new JudgePrompt(context.Chat, Prompts.Route(list), Prompts.RouteVersion, [], context.Random("route")),
            Schema = ControlSchema.OneOf("route", "to", targets),
        });
        if (reply.Value?.Member("to")?.Text() is not { } chosen)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "classifier_failed"));
            return null;
        }

        context.Diagnostics.Decide(new DecisionManifest("route", "classified") { Index = Array.IndexOf(targets, chosen) });
        return chosen;
    }

    private async Task<(RunEnd End, string? Text)> StreamAsync(RunContext context, MemberCall calls, string target)
    {
        List<AnswerWriter> writers = [calls.Writer(target, new SubCallKey(SubCallStep.Candidate, 0, 0))];
        if (target != Config.Default)
        {
            writers.Add(calls.Writer(Config.Default, new SubCallKey(SubCallStep.Escalation, 0, 0)));
        }

        var result = await new AnswerChain(context, ensemble).WriteAsync(writers);
        if (result.Overflowed)
        {
            return (RunResults.TooLarge, null);
        }

        if (result.Answer is not { } answer)
        {
            return (JudgeFailure.OfMembers(context, result), null);
        }

        var isTarget = result.Writer is null || ReferenceEquals(result.Writer, writers[0]);
        if (!isTarget)
        {
            context.Diagnostics.Decide(
                new DecisionManifest("route", "target_failed") { Reason = SnakeCase.Of(result.Failures[0].Outcome) });
        }

        return (answer, isTarget && !result.CallsTools ? result.Text : null);
    }

    private async Task<(RunEnd End, string? Text)> VerifiedAsync(
        RunContext context, MemberCall calls, string target, RouteVerifyConfig verify)
    {
        // The same as a verified answer of that target, which the default takes over.
        var end = await new Verify(ensemble with
        {
            Verify = new VerifyConfig
            { Primary = target, Verifier = verify.Verifier, EscalateTo = Config.Default, OnVerifierFailure = verify.OnVerifierFailure },
        }).ExecuteAsync(context);
        return (end, null);
    }
}
