using Ensemble.Catalog;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Panels;

/// <summary>
/// Asks all members at once, and goes on when there is quorum and the rest had its grace, when every member has ended, or
/// when quorum is out of reach. Members that are still asked then are cancelled.
/// </summary>
internal sealed class Panel : IDisposable
{
    private readonly RunContext _context;
    private readonly EnsembleConfig _ensemble;
    private readonly PanelPlan _plan;
    private readonly Answer[]?[] _answers;
    private readonly PanelCount _count;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly TimeSpan _openedAfter;
    private readonly long _started;
    private TimeSpan? _quorumAfter;
    private ITimer? _grace;

    private Panel(RunContext context, EnsembleConfig ensemble, PanelPlan plan)
    {
        _context = context;
        _ensemble = ensemble;
        _plan = plan;
        _answers = new Answer[]?[plan.Slots.Count];
        _count = new PanelCount(plan.Slots.Sum(slot => slot.Answers), plan.Required);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(context.Deadline.Token);
        _openedAfter = context.Elapsed;
        _started = context.Time.GetTimestamp();
    }

    public static async Task<(PanelResult Result, PanelManifest Manifest)> AskAsync(
        RunContext context, EnsembleConfig ensemble, PanelPlan plan)
    {
        using var panel = new Panel(context, ensemble, plan);
        return await panel.AskAsync();
    }

    public void Dispose()
    {
        _grace?.Dispose();
        _stop.Dispose();
    }

    private async Task<(PanelResult Result, PanelManifest Manifest)> AskAsync()
    {
        var questions = await _context.Calls.AdmitAsync([.. _plan.Slots.Select(Question)], _stop.Token);
        if (CanReachQuorum(questions))
        {
            await AskAsync(questions);
        }
        else
        {
            await RefuseAsync(questions);
        }

        using var registration = _context.Deadline.Token.UnsafeRegister(static state => ((Panel)state!).CloseWithRun(), this);
        try
        {
            var because = await _closed.Task;
            var closedAfter = _context.Time.GetElapsedTime(_started);
            PanelResult result;
            lock (_lock)
            {
                result = Result();
            }

            return (result, new PanelManifest(_plan.Required, result.Candidates.Count, _quorumAfter, closedAfter, because)
            { OpenedAfter = _openedAfter });
        }
        finally
        {
            // Those still out, also where a fault of ours closed the panel.
            await _stop.CancelAsync();
        }
    }

    /// <summary>Whether the gates let enough members through: an answer that cannot be given is not paid for.</summary>
    private bool CanReachQuorum(SubCall[] questions) =>
        questions.Select((question, index) => question.IsAdmitted ? _plan.Slots[index].Answers : 0).Sum() >= _plan.Required;

    private async ValueTask AskAsync(SubCall[] questions)
    {
        for (var index = 0; index < questions.Length; index++)
        {
            if (_closed.Task.IsCompleted)
            {
                await _context.Calls.ReturnAsync(questions[index]);
            }
            else
            {
                _ = AskAsync(index, questions[index]);
            }
        }
    }

    private async ValueTask RefuseAsync(SubCall[] questions)
    {
        for (var index = 0; index < questions.Length; index++)
        {
            if (questions[index].IsAdmitted)
            {
                await _context.Calls.ReturnAsync(questions[index]);
            }
            else
            {
                _answers[index] = Read(index, await _context.Calls.MakeAsync(questions[index], _stop.Token));
            }
        }

        _closed.TrySetResult("quorum_out_of_reach");
    }

    private async Task AskAsync(int index, SubCall question)
    {
        try
        {
            Report(index, await _context.Calls.MakeAsync(question, _stop.Token));
        }
        catch (Exception exception)
        {
            // A fault of ours must end the run, not leave it waiting for an answer that nobody gives.
            _closed.TrySetException(exception);
        }
    }

    private SubCall Question(PanelSlot slot)
    {
        var model = _context.Catalog.Models[slot.Member.Model];
        return new SubCall(slot.Key, SubCallRole.Panel, new ModelCall
        {
            Model = model,
            Chat = _context.Chat,
            Edits = _plan.Edits(slot),
            KeepChoices = _plan.KeepsChoices || slot.Answers > 1,
            Answers = slot.Answers,
            Timeout = _ensemble.Timeout ?? model.Timeout,
            IdleTimeout = _ensemble.IdleTimeout,
        })
        {
            Expected = _plan.Expected,
        };
    }

    private void Report(int index, SubCallResult result)
    {
        // Long answers take time to read and to count, and the deadline waits for the lock.
        var answers = Read(index, result);
        IReadOnlyList<Candidate> candidates;
        double outstandingWeight;
        lock (_lock)
        {
            if (_closed.Task.IsCompleted)
            {
                return;
            }

            if (result.Outcome == CallOutcome.Cancelled && !_context.IsReplay)
            {
                // Nobody but the run's end cancels a member of an open panel; what is replayed was cancelled then.
                CloseWithRun();
                return;
            }

            _answers[index] = answers;
            foreach (var answer in answers)
            {
                Take(_count.Report(answer.Result.IsUsable));
            }

            if (!_count.HasQuorum || _plan.IsDecided is null || _context.IsReplay || _closed.Task.IsCompleted)
            {
                return;
            }

            (candidates, outstandingWeight) = (Result().Candidates, OutstandingWeight());
        }

        if (_plan.IsDecided(candidates, outstandingWeight))
        {
            Close("decided");
        }
    }

    private void Take(PanelVerdict verdict)
    {
        switch (verdict)
        {
            case PanelVerdict.Complete:
                _quorumAfter ??= _context.Time.GetElapsedTime(_started);
                _closed.TrySetResult("all_answered");
                break;
            case PanelVerdict.OutOfReach:
                _closed.TrySetResult("quorum_out_of_reach");
                break;
            case PanelVerdict.Quorum:
                _quorumAfter = _context.Time.GetElapsedTime(_started);
                BeginGrace(_quorumAfter.Value);
                break;
        }
    }

    private double OutstandingWeight()
    {
        var weight = 0d;
        for (var index = 0; index < _answers.Length; index++)
        {
            weight += _answers[index] is null ? _plan.Slots[index].Weight : 0;
        }

        return weight;
    }

    /// <summary>What came of each answer that a call asked for.</summary>
    private Answer[] Read(int index, SubCallResult result)
    {
        var slot = _plan.Slots[index];
        IReadOnlyList<SubCallResult> answers = slot.Answers == 1 ? [result] : SampledAnswers.Of(result, slot.Answers, _plan.Expected);
        return [.. answers.Select(answer => new Answer(
            answer, answer.IsUsable ? new Candidate(answer.Key, answer.Call.Answer!, slot.Member.Weight) : null))];
    }

    private void BeginGrace(TimeSpan timeToQuorum)
    {
        if (StragglerRule.Grace(_plan.Grace, timeToQuorum) is not { } grace)
        {
            return;
        }

        if (grace == TimeSpan.Zero)
        {
            _closed.TrySetResult(PanelManifest.GraceOver);
            return;
        }

        _grace = _context.Time.CreateTimer(
            static state => ((Panel)state!).Close(PanelManifest.GraceOver), this, grace, Timeout.InfiniteTimeSpan);
    }

    private void CloseWithRun() => Close(_context.Deadline.HasPassed ? "deadline" : "cancelled");

    private void Close(string because)
    {
        lock (_lock)
        {
            _closed.TrySetResult(because);
        }
    }

    private PanelResult Result()
    {
        var candidates = new List<Candidate>(_answers.Length);
        var missing = new List<SubCallResult>();
        foreach (var answer in _answers.SelectMany(answers => answers ?? []))
        {
            if (answer.Candidate is { } candidate)
            {
                candidates.Add(candidate);
            }
            else
            {
                missing.Add(answer.Result);
            }
        }

        return new PanelResult(candidates, missing, _plan.Required, _plan.Slots.Sum(slot => slot.Answers)) { Cancelled = Cancelled() };
    }

    private IReadOnlyList<PanelSlot> Cancelled() => [.. _plan.Slots.Where((_, index) => _answers[index] is null)];

    /// <param name="Candidate">Null where the answer cannot be used.</param>
    private readonly record struct Answer(SubCallResult Result, Candidate? Candidate);
}
