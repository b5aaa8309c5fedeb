using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Judging;

/// <summary>
/// Has an answer written for the caller: live where it is streamed, and by the next model where one fails with nothing shown.
/// </summary>
internal sealed class AnswerChain(RunContext context, EnsembleConfig ensemble)
{
    public async Task<JudgeResult> WriteAsync(IReadOnlyList<AnswerWriter> writers)
    {
        var turn = await context.TurnAsync(ensemble);
        var failures = new List<SubCallResult>();
        for (var index = 0; index < writers.Count && !context.Deadline.IsOver; index++)
        {
            var writer = writers[index];
            var stream = context.Chat.Stream ? new JudgeStream(context, turn.Tools, writer.Model.DisplayName) : null;
            var question = Question(writer, turn.Tools, stream, isLast: index == writers.Count - 1);
            var result = await context.Calls.MakeAsync(question, context.Deadline.Token);
            if (stream is { Overflowed: true })
            {
                return new JudgeResult(null, failures, Shown: true, Overflowed: true);
            }

            RecordFormat(result);

            // A caller who has seen an answer begin is told that it was cut; of one that came to its end, that it is in another format.
            if (result.IsUsable || (result is { Outcome: CallOutcome.WrongFormat, Call.Answer.IsCut: true } && stream is { Shown: true }))
            {
                var answer = result.Call.Answer!;
                if (answer.CallsTools)
                {
                    await turn.KeepAsync(context, ensemble, question.Call.Edits);
                    return new JudgeResult(Calls(answer, writer, stream), failures, Shown: true, Overflowed: stream is { Overflowed: true })
                    { Writer = writer, Text = answer.Content, CallsTools = true };
                }

                stream?.Complete(answer.Content);
                var fits = stream is null ? context.Show(new AnswerDelta(answer.Content)) : !stream.Overflowed;
                return new JudgeResult(new RunAnswer(answer.FinishReason), failures, Shown: true, Overflowed: !fits)
                { Writer = writer, Text = answer.Content };
            }

            failures.Add(result);
            if (stream is { Shown: true })
            {
                // A filter may end an answer that had begun; that is an end, and the caller is told which.
                return result.Outcome == CallOutcome.Filtered
                    ? new JudgeResult(new RunAnswer("content_filter"), failures, Shown: true, Overflowed: false)
                    : new JudgeResult(null, failures, Shown: true, Overflowed: false);
            }
        }

        return new JudgeResult(turn.Tools.IsOpen ? LastFailureAsAnswer(failures) : null, failures, Shown: false, Overflowed: false);
    }

    // A stream has shown the calls by now.
    private RunAnswer Calls(ChatAnswer answer, AnswerWriter writer, JudgeStream? stream) => new(ToolAnswer.ReasonOf(answer))
    {
        Choices = stream is not null
            ? default
            : ToolAnswer.Write(answer, new ToolCallIds(context.Request.Id, writer.Model.DisplayName), isWhole: true),
    };

    /// <summary>
    /// No candidate can replace the answer of a model that may call tools. If the last model refused, or was cut before its first word, that
    /// is the answer, as with a model that is called directly.
    /// </summary>
    private static RunAnswer? LastFailureAsAnswer(List<SubCallResult> failures) => failures is [.., { Call.Answer: { } answer, Outcome: var outcome }]
        ? outcome switch
        {
            CallOutcome.Refused => new RunAnswer(answer.FinishReason) { Refusal = answer.Refusal },
            CallOutcome.Filtered or CallOutcome.BlankAtLength => new RunAnswer(answer.FinishReason),
            _ => null,
        }
        : null;

    private void RecordFormat(SubCallResult result)
    {
        if (context.Diagnostics.Judge is { } judge
            && result.Call.Answer?.CallsTools != true
            && (result.IsUsable || result.Outcome == CallOutcome.WrongFormat))
        {
            context.Diagnostics.Judge = judge with { SchemaValid = context.Format.Accepts(result.Call.Answer!.Content) };
        }
    }

    private SubCall Question(AnswerWriter writer, ToolOffer tools, JudgeStream? stream, bool isLast)
    {
        var call = new ModelCall
        {
            Model = writer.Model,
            Chat = context.Chat,
            Edits = writer.Edits(),
            Timeout = ensemble.Timeout ?? writer.Model.Timeout,
            IdleTimeout = ensemble.IdleTimeout,
            Sink = stream,
            KeepCalls = tools.IsOpen,

            // Another model at once is better than this one later.
            WaitForGate = isLast,
        };
        return new SubCall(writer.Key, writer.Role, call)
        {
            Prompt = writer.Prompt,
            Expected = new ExpectedAnswer(tools, context.Format, MustMatchFormat: true),
        };
    }
}
