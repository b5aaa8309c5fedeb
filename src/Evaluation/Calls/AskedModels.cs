using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Recording;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Calls;

/// <summary>
/// Answers calls from the recording, and asks the models for what is not in it: within the ceiling, and a limited number at a time. A call
/// that has begun goes on to its end, even if no run waits for it any longer, since it is paid for. Thread-safe.
/// </summary>
/// <param name="caller">Asks the models.</param>
/// <param name="concurrency">Calls in flight at most.</param>
/// <param name="time">Of the providers.</param>
/// <param name="cancel">Ends the evaluation: no call begins after it; those in flight are paid, and come to their end.</param>
internal sealed class AskedModels(
    IModelCaller caller, AnswerRecording recording, CostCeiling ceiling, int concurrency, TimeProvider time, CancellationToken cancel)
    : IDisposable
{
    /// <summary>How long a call waits for the gate of its model, which costs nothing.</summary>
    private static readonly TimeSpan MaxGateWait = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _free = new(concurrency);
    private readonly Dictionary<string, Task<ModelCallResult>> _inFlight = [];
    private int _made;

    /// <summary>Calls that were made, and not found in the recording.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Whether panel members' answers are asked for with their log-probabilities.</summary>
    public bool WantsLogprobs { get; init; }

    /// <summary>US dollars, those of the recording included.</summary>
    public decimal Spent => ceiling.Spent;

    /// <param name="ordinal">Which of several calls of one run that ask the same, from 0.</param>
    /// <exception cref="CeilingReachedException">It does not fit below the ceiling.</exception>
    /// <exception cref="OperationCanceledException">The evaluation is stopped.</exception>
    public ValueTask<ModelCallResult> AskAsync(EvaluationQuestion question, ModelCall call, GateHolder holder, int ordinal)
    {
        var key = CallKey.Of(call, WantsLogprobs && holder.Key.Step == SubCallStep.Candidate, ordinal);
        lock (_inFlight)
        {
            if ((recording.Find(key) ?? (holder.Role == SubCallRole.Panel && ordinal == 0 ? Imported(question, call) : null)) is { } known)
            {
                return new(known);
            }

            // Two questions may be the same: the second one waits for the answer of the first.
            if (!_inFlight.TryGetValue(key, out var asked))
            {
                // Gates and connections outlive the run that asks: nothing of them may wait for its steps.
                _inFlight[key] = asked = Task.Run(() => AskAsync(question, call, holder, key), cancel);
            }

            return new(asked);
        }
    }

    /// <summary>Whether a panel member's answer is in the recording.</summary>
    public bool IsRecorded(EvaluationQuestion question, ModelCall call) =>
        recording.Find(CallKey.Of(call, WantsLogprobs, ordinal: 0)) is not null || Imported(question, call) is not null;

    public void Dispose() => _free.Dispose();

    private async Task<ModelCallResult> AskAsync(EvaluationQuestion question, ModelCall call, GateHolder holder, string key)
    {
        await _free.WaitAsync(cancel);
        try
        {
            var bound = CallCost.Bound(call);
            if (!await ceiling.ReserveAsync(bound, cancel))
            {
                throw new CeilingReachedException();
            }

            var charge = 0m;
            try
            {
                recording.Begin(key, bound);

                // Until its end is known it counts as paid.
                charge = bound;
                var result = await CallAsync(call, holder);
                charge = CallCost.Charge(call, result);
                recording.End(key, question.Id, call.Model.DisplayName, charge, result);
                Interlocked.Increment(ref _made);
                return result;
            }
            finally
            {
                ceiling.Settle(bound, charge);
            }
        }
        finally
        {
            _free.Release();
            lock (_inFlight)
            {
                _inFlight.Remove(key);
            }
        }
    }

    private async Task<ModelCallResult> CallAsync(ModelCall call, GateHolder holder)
    {
        // What one strategy has no use for another one reads: choices, and an answer that a run no longer waits for.
        var whole = call with { KeepChoices = call.Inputs is null, Sink = null, WaitForGate = true, MaxRetryDelay = null };
        var started = time.GetTimestamp();
        while (true)
        {
            var result = await caller.CallAsync(whole, holder, admission: null, CancellationToken.None);
            if (result is not { Outcome: CallOutcome.GateRefused, Attempts: 0 } || time.GetElapsedTime(started) > MaxGateWait)
            {
                return result;
            }

            await Task.Delay(result.RetryAfter ?? TimeSpan.FromSeconds(1), time, cancel);
        }
    }

    /// <summary>An answer of a panel member that others recorded, without its time and its tokens.</summary>
    private ModelCallResult? Imported(EvaluationQuestion question, ModelCall call)
    {
        if (call.Answers > 1 || call.Edits.AppendedMessage is not null)
        {
            return null;
        }

        var text = Imported(question, call.Model.DisplayName) ?? Imported(question, call.Model.Model);
        return text is null ? null : new ModelCallResult
        {
            Outcome = text.Trim().Length == 0 ? CallOutcome.Blank : CallOutcome.Ok,
            Answer = new ChatAnswer(text, FinishReason.Stop),
            Attempts = 1,
            StartedAt = DateTimeOffset.UnixEpoch,
            Total = TimeSpan.Zero,
        };
    }

    private string? Imported(EvaluationQuestion question, string model) =>
        question.Recorded.GetValueOrDefault(model) ?? recording.FindImported(question.Id, question.Text, model);
}
