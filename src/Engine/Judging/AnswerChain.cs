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
        var failures = new List<SubCallResult>();
        for (var index = 0; index < writers.Count && !context.Deadline.IsOver; index++)
        {
            var stream = context.Chat.Stream ? new JudgeStream(context) : null;
            var result = await context.Calls.MakeAsync(
                Question(writers[index], stream, isLast: index == writers.Count - 1), context.Deadline.Token);
            if (stream is { Overflowed: true })
            {
                return new JudgeResult(null, failures, Shown: true, Overflowed: true);
            }

            RecordFormat(result);

            // A caller who has seen an answer begin is told that it was cut; of one that came to its end, that it is in another format.
            if (result.IsUsable || (result is { Outcome: CallOutcome.WrongFormat, Call.Answer.IsCut: true } && stream is { Shown: true }))
            {
                var answer = result.Call.Answer!;
                stream?.Complete(answer.Content);
                var fits = stream is null ? context.Show(new AnswerDelta(answer.Content)) : !stream.Overflowed;
                return new JudgeResult(new RunAnswer(answer.FinishReason), failures, Shown: true, Overflowed: !fits)
                { Writer = writers[index], Text = answer.Content };
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

        return new JudgeResult(null, failures, Shown: false, Overflowed: false);
    }

    private void RecordFormat(SubCallResult result)
    {
        if (context.Diagnostics.Judge is { } judge && (result.IsUsable || result.Outcome == CallOutcome.WrongFormat))
        {
            context.Diagnostics.Judge = judge with { SchemaValid = context.Format.Accepts(result.Call.Answer!.Content) };
        }
    }

    private SubCall Question(AnswerWriter writer, JudgeStream? stream, bool isLast) => new(writer.Key, writer.Role, new ModelCall
    {
        Model = writer.Model,
        Chat = context.Chat,
        Edits = writer.Edits(),
        Timeout = ensemble.Timeout ?? writer.Model.Timeout,
        IdleTimeout = ensemble.IdleTimeout,
        Sink = stream,

        // Another one at once is better than this one later.
        WaitForGate = isLast,
    })
    {
        Prompt = writer.Prompt,
        Expected = new ExpectedAnswer(ToolOffer.None, context.Format, MustMatchFormat: true),
    };
}
