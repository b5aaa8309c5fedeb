using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>A planner splits the request into parts, members answer them side by side, and a judge puts one reply together.</summary>
internal sealed class Specialist(EnsembleConfig ensemble) : IStrategy
{
    private const int MaxTaskLength = 4000;

    private SpecialistConfig Config => ensemble.Specialist!;

    private JudgeConfig Judge => ensemble.Judge!;

    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var turn = await context.TurnAsync(ensemble);
        if (await AdvisedAnswer.ContinueAsync(
            context, ensemble, () => new JudgeChain(context, ensemble, Judge).Writers(turn, prompt: null),
            static (run, result) => JudgeFailure.Of(run, result)) is { } continued)
        {
            return continued;
        }

        var plan = await PlanAsync(context);
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        if (plan is null or { Count: <= 1 })
        {
            return await AnswerAloneAsync(context, plan is [var only] ? only.Model : null);
        }

        var tools = new MemberCall(context, ensemble).MemberTools;
        var round = await PanelRound.AskAsync(context, ensemble, new PanelPlan
        {
            Slots = [.. plan.Select((part, index) => new PanelSlot(
                new MemberCall(context, ensemble).Member(part.Model) with { Samples = 1 }, new SubCallKey(SubCallStep.Subtask, index, 0)))],
            Required = 1,
            Compares = false,

            // A part that is missing is missing in the answer.
            Grace = ensemble.StragglerGrace ?? StragglerGrace.All,

            Expected = new ExpectedAnswer(tools, AnswerFormat.Text),
            KeepsChoices = tools.IsAdvice,

            // The format that the caller wants is the whole answer's.
            Edits = slot => MemberEdits.For(context.Chat, slot, tools)
                .Drop("response_format")
                .AppendMessage(Task(context, plan[slot.Key.Member])),
        });
        if (round.Failed(context) is { } end)
        {
            return end;
        }

        var parts = round.CandidateSet.Candidates;
        if (parts.Count < plan.Count)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "subtask_failed"));
        }

        // The parts do not answer the whole, so that none of them can stand in for a judge.
        var tasks = string.Join('\n', parts.Select((part, index) => $"{JudgePrompt.Label(index)}: {plan[part.Key.Member].Task}"));
        var prompt = new JudgePrompt(
            context.Chat, null, Prompts.ComposeVersion, parts, context.Random("compose"),
            $"The part that each candidate deals with:\n{tasks}",
            turn.Tools.IsOpen ? Prompts.Compose + Prompts.ComposeWithTools : Prompts.Compose, turn.Tools.IsOpen);
        var verdict = await new JudgeChain(context, ensemble, Judge).AskAsync(prompt);
        return verdict switch
        {
            { Overflowed: true } => RunResults.TooLarge,
            { Answer: { } answer } => answer,
            _ => JudgeFailure.Of(context, verdict),
        };
    }

    /// <returns>The parts; null where the planner gave none that could be read.</returns>
    private async Task<IReadOnlyList<Part>?> PlanAsync(RunContext context)
    {
        string[] fields = [.. Config.Members.Keys];
        var reply = await new ControlCalls(context, ensemble).AskAsync(new ControlQuestion
        {
            Step = SubCallStep.Plan,
            Models = [Config.Planner],
            Prompt = new JudgePrompt(
                context.Chat, Prompts.Plan(Config.MaxSubtasks, fields), Prompts.PlanVersion, [], context.Random("plan")),
            Schema = new ControlSchema("plan", $$"""
                {"type":"object","additionalProperties":false,"required":["subtasks"],
                 "properties":{"subtasks":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["member","task"],
                 "properties":{"member":{"type":"string","enum":[{{ControlSchema.Strings(fields)}}]},"task":{"type":"string"} } } } } }
                """),
            MaxTokens = ControlQuestion.PlanMaxTokens,
        });
        if (reply.Value is not { } value)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "planner_failed"));
            return null;
        }

        // Some providers take no bound on an array: what is over the limit is left out, and the manifest says so.
        var all = (value.Member("subtasks")?.Items() ?? default).Select(part =>
        {
            var task = part.Member("task")?.Text() ?? "";
            var field = part.Member("member")?.Text() ?? "";
            return new Part(field, Config.Members[field], task.Length <= MaxTaskLength ? task : task[..MaxTaskLength]);
        }).ToArray();
        context.Diagnostics.Decide(new DecisionManifest("plan", all.Length > Config.MaxSubtasks ? "cut" : "made")
        {
            Value = all.Length,
            Reason = string.Join(", ", all.Select(part => part.Field)),
        });
        return [.. all.Take(Config.MaxSubtasks)];
    }

    /// <summary>Nothing to split: the one member, and else the judge, answers the request itself.</summary>
    private async Task<RunEnd> AnswerAloneAsync(RunContext context, string? model)
    {
        var calls = new MemberCall(context, ensemble);
        List<AnswerWriter> writers = model is null ? [] : [calls.Writer(model, new SubCallKey(SubCallStep.Subtask, 0, 0))];
        string[] judges = [Judge.Model, .. Judge.Fallbacks];
        writers.AddRange(judges.Select(
            (judge, index) => calls.Writer(judge, new SubCallKey(SubCallStep.Synthesis, index, 0)) with { Role = SubCallRole.Judge }));
        var result = await new AnswerChain(context, ensemble).WriteAsync(writers);
        return result switch
        {
            { Overflowed: true } => RunResults.TooLarge,
            { Answer: { } answer } => answer,
            _ => JudgeFailure.OfMembers(context, result),
        };
    }

    private static ReadOnlyMemory<byte> Task(RunContext context, Part part)
    {
        var fence = Delimiter.Around([part.Task], context.Random("subtask"));
        using var prompt = new PromptWriter(hasAttachments: false);
        prompt.Write(
            "Of the conversation above you deal with one part alone; others deal with the rest. Your part, as a planner put it:\n");
        fence.Write(prompt, "part", part.Task);
        return prompt.Write("\nGive what is needed for this part: correct, complete and without a preface.").End();
    }

    private sealed record Part(string Field, string Model, string Task);
}
