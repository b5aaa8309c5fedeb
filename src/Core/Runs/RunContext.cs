using System.Diagnostics;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Strategies;
using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>What a strategy works with: the request, the catalog that the run began with, its clock, its journal, and sub-calls.</summary>
internal sealed class RunContext
{
    private readonly RunServices _services;
    private readonly RunMemory _memory;
    private readonly Lock _lock = new();
    private readonly List<Task> _calls = new(8);
    private readonly List<SubCallManifest> _subCalls = new(8);
    private readonly List<string> _degraded = [];
    private readonly List<DecisionManifest> _decisions = [];
    private readonly RunBudget _budget;
    private readonly bool _failsOnBudget;
    private IReadOnlyList<CandidateManifest> _candidates = [];
    private readonly List<(SubCallKey Key, SavingsManifest Saved)> _stopped = [];
    private SavingsManifest _saved = SavingsManifest.None;
    private readonly long _started;
    private readonly List<StoredPanelAnswer>? _panelAnswers;

    /// <param name="deadline">Its token cancels every sub-call.</param>
    public RunContext(RunRequest request, CatalogSnapshot catalog, RunServices services, RunMemory memory, RunJournal journal, RunDeadline deadline)
    {
        Request = request;
        Catalog = catalog;
        Journal = journal;
        Deadline = deadline;
        _services = services;
        _memory = memory;
        var ensemble = catalog.Ensembles.GetValueOrDefault(request.Chat.Model);
        _budget = new RunBudget(ensemble?.Budget ?? BudgetConfig.None);
        _failsOnBudget = ensemble?.OnBudget == OnBudget.Fail;
        if (services.Panels is not null && !IsReplay && ensemble is not null && ReplayRules.HasPanel(ensemble.Strategy))
        {
            _panelAnswers = [];
        }

        _started = services.Time.GetTimestamp();
        StartedAt = services.Time.GetUtcNow();
    }

    public RunRequest Request { get; }

    public ChatRequest Chat => Request.Chat;

    /// <summary>Whether the panel's answers are those of another run.</summary>
    public bool IsReplay => Request.Replay is not null;

    public CatalogSnapshot Catalog { get; }

    public RunJournal Journal { get; }

    public RunDeadline Deadline { get; }

    public TimeProvider Time => _services.Time;

    public DateTimeOffset StartedAt { get; }

    public TimeSpan Elapsed => Time.GetElapsedTime(_started);

    /// <summary>The run's span; null where nobody traces it.</summary>
    public Activity? Activity { get; set; }

    /// <summary>From the start to the first piece of the answer; null where none was shown.</summary>
    public TimeSpan? FirstShown { get; private set; }

    public double? Agreement { get; private set; }

    public PanelManifest? Panel { get; private set; }

    public JudgeManifest? Judge { get; set; }

    public IReadOnlyList<string> Degraded
    {
        get
        {
            lock (_lock)
            {
                return [.. _degraded];
            }
        }
    }

    public EmbeddingCache Embeddings => _services.Embeddings;

    public bool CapturesContent => _services.CaptureContent;

    /// <summary>Whether a call was not made because it did not fit the budget.</summary>
    public bool IsOverBudget => _budget.IsExceeded;

    public IReadOnlyList<CandidateManifest> Candidates
    {
        get
        {
            lock (_lock)
            {
                return _candidates;
            }
        }
    }

    public IReadOnlyList<DecisionManifest> Decisions
    {
        get
        {
            lock (_lock)
            {
                return [.. _decisions];
            }
        }
    }

    /// <summary>Final once all sub-calls have ended.</summary>
    public SavingsManifest Saved
    {
        get
        {
            lock (_lock)
            {
                if (_stopped.Count == 0)
                {
                    return _saved;
                }

                var cancelled = _subCalls.Where(subCall => subCall.Usage.Outcome == CallOutcome.Cancelled).Select(subCall => subCall.Usage.Key).ToHashSet();
                return _stopped.Where(stopped => cancelled.Contains(stopped.Key)).Aggregate(_saved, static (sum, stopped) => sum + stopped.Saved);
            }
        }
    }

    /// <summary>Those that have ended, in the order in which they did.</summary>
    public IReadOnlyList<SubCallManifest> SubCalls
    {
        get
        {
            lock (_lock)
            {
                return [.. _subCalls];
            }
        }
    }

    /// <summary>A random sequence that is the same in each incarnation of this run.</summary>
    public Random Random(string purpose) => RunSeed.For(Request.Id, purpose);

    public void PanelHasClosed(PanelManifest panel, double? agreement)
    {
        Panel = panel;
        Agreement = agreement;
        Journal.Append(new PanelClosed(panel.Usable, agreement));
    }

    public void Degrade(string reason)
    {
        lock (_lock)
        {
            _degraded.Add(reason);
        }

        Journal.Append(new AnswerDegraded(reason));
    }

    /// <summary>What the strategy chooses from; takes the place of what was said before.</summary>
    public void Compare(IReadOnlyList<CandidateManifest> candidates)
    {
        lock (_lock)
        {
            _candidates = candidates;
        }
    }

    public void Decide(DecisionManifest decision)
    {
        lock (_lock)
        {
            _decisions.Add(decision);
        }
    }

    /// <summary>A call that was not waited for: it saves something unless its answer came before it could be stopped.</summary>
    public void SaveIfCancelled(SubCallKey call, SavingsManifest saved)
    {
        lock (_lock)
        {
            _stopped.Add((call, saved));
        }
    }

    /// <summary>Calls that need not be made.</summary>
    public void Save(SavingsManifest saved)
    {
        lock (_lock)
        {
            _saved += saved;
        }
    }

    /// <summary>Adds a piece of the answer for the caller.</summary>
    /// <returns>False where the answer is larger than a run may hold.</returns>
    public bool Show(RunEvent delta)
    {
        if (!Journal.Shown)
        {
            Deadline.OnShown();
            FirstShown ??= Elapsed;
        }

        return Journal.Append(delta);
    }

    /// <summary>
    /// Makes a sub-call, or takes its answer from an earlier incarnation. Writes its usage event whatever becomes of it.
    /// </summary>
    /// <param name="cancellationToken">The deadline's, or one that is linked to it.</param>
    /// <exception cref="BudgetExceededException">It does not fit the budget, and the run is to fail by that.</exception>
    public Task<SubCallResult> CallAsync(SubCall subCall, CancellationToken cancellationToken)
    {
        var call = MakeAsync(subCall, cancellationToken);
        if (!call.IsCompleted)
        {
            lock (_lock)
            {
                _calls.Add(call);
            }
        }

        return call;
    }

    /// <summary>
    /// Reserves the budget of the calls in their order, then asks the gates of all models at once, before any of them is called. Calls
    /// that an earlier incarnation finished ask for nothing.
    /// </summary>
    /// <returns>The sub-calls with their admissions: each goes to <see cref="CallAsync"/> or to <see cref="ReturnAsync"/>.</returns>
    /// <exception cref="BudgetExceededException">One does not fit the budget, and the run is to fail by that.</exception>
    public async ValueTask<SubCall[]> AdmitAsync(IReadOnlyList<SubCall> subCalls, CancellationToken cancellationToken)
    {
        var admitted = new SubCall[subCalls.Count];
        var asked = new Task<GateAdmission?>?[subCalls.Count];
        for (var index = 0; index < asked.Length; index++)
        {
            admitted[index] = _memory.Recall(subCalls[index].Key) is null ? Reserve(subCalls[index]) : subCalls[index];
        }

        for (var index = 0; index < asked.Length; index++)
        {
            var subCall = admitted[index];
            asked[index] = !subCall.IsOverBudget && subCall.Reservation is not null
                ? _services.Models.AdmitAsync(subCall.Call, Holder(subCall), cancellationToken)
                : null;
        }

        for (var index = 0; index < asked.Length; index++)
        {
            if (asked[index] is { } admission)
            {
                admitted[index] = admitted[index] with { Admission = await admission };
            }
        }

        return admitted;
    }

    /// <summary>Gives back what is held for a call that is not made.</summary>
    public ValueTask ReturnAsync(SubCall subCall)
    {
        if (subCall.Reservation is { } reservation)
        {
            _budget.Return(reservation);
        }

        return subCall.Admission is { } admission ? _services.Models.ReturnAsync(admission) : default;
    }

    /// <returns>Why a model's gate would refuse a call now; null = it would not.</returns>
    public ValueTask<GateRefusal?> RefusalAsync(ModelConfig model) =>
        _services.Models.RefusalAsync(model.DisplayName, model.RateLimit?.Tpm is null ? 0 : CallTokens.Answer(Chat, model), Deadline.Token);

    /// <summary>Waits for the sub-calls that are still in flight; each has been cancelled or is near its end.</summary>
    public Task SettleAsync()
    {
        lock (_lock)
        {
            return _calls.TrueForAll(call => call.IsCompletedSuccessfully) ? Task.CompletedTask : Task.WhenAll(_calls);
        }
    }

    /// <summary>Gets the panel's answers that are replayed, where this is a replay.</summary>
    /// <returns>Why they cannot be used; null = they can, or are not needed.</returns>
    public async Task<RunFailure?> SeedAsync()
    {
        if (Request.Replay is not { } replay)
        {
            return null;
        }

        var ensemble = Catalog.Ensembles[Chat.Model];
        var panel = _services.Panels is { } panels ? await panels.FindAsync(replay.Of, endedAt: null, CancellationToken.None) : null;
        if (panel is null or { IsTooLarge: true } || !panel.Fits(ensemble, Chat, Catalog))
        {
            return new RunFailure(RunFailureKind.AnswersNotStored, "The stored answers of the run have gone, or its panel was changed just now.") { IsLasting = true };
        }

        panel.Seed(_memory, ensemble, Chat, Catalog, StartedAt);
        return null;
    }

    /// <summary>Has the panel's answers stored, where they are to be. Called once all sub-calls have ended.</summary>
    public void KeepPanel()
    {
        if (_panelAnswers is { Count: > 0 } answers)
        {
            _services.Panels!.Keep(Request.Id, StoredPanel.Of(Chat, Catalog.Ensembles[Chat.Model], answers));
        }
    }

    public UsageTotals Totals()
    {
        var reported = TokenUsage.None;
        var (estimatedPrompt, estimatedCompletion) = (0L, 0L);
        decimal? cost = 0;
        foreach (var subCall in SubCalls)
        {
            // The run that is replayed has paid for its panel.
            if (IsReplay && subCall.Usage.Key.Step == SubCallStep.Candidate)
            {
                continue;
            }

            cost += subCall.Usage.CostUsd;
            if (subCall.Reported is { } usage)
            {
                reported += usage;
            }
            else
            {
                estimatedPrompt += subCall.Usage.PromptTokens ?? 0;
                estimatedCompletion += subCall.Usage.CompletionTokens ?? 0;
            }
        }

        return new UsageTotals
        {
            Reported = reported,
            EstimatedPromptTokens = estimatedPrompt,
            EstimatedCompletionTokens = estimatedCompletion,
            CostUsd = cost,
        };
    }

    private async Task<SubCallResult> MakeAsync(SubCall subCall, CancellationToken cancellationToken)
    {
        if (_memory.Recall(subCall.Key) is { } remembered)
        {
            Record(subCall, remembered, isRemembered: true);
            return new SubCallResult(subCall.Key, remembered);
        }

        if (subCall.Reservation is null)
        {
            subCall = Reserve(subCall);
        }

        if (subCall.IsOverBudget)
        {
            var unmade = new ModelCallResult { Outcome = CallOutcome.OverBudget, Attempts = 0, StartedAt = Time.GetUtcNow(), Total = TimeSpan.Zero };
            Record(subCall, unmade, isRemembered: false);
            return new SubCallResult(subCall.Key, unmade);
        }

        using var activity = RunTrace.StartCall(subCall, Activity);
        var result = await _services.Models.CallAsync(subCall.Call, Holder(subCall), subCall.Admission, cancellationToken);
        if (subCall.Call.Sink is null && subCall.Call.Inputs is null)
        {
            // What was streamed went to this incarnation's journal, and cannot be given again; vectors are large, and cheap to have again.
            _memory.Remember(subCall.Key, result);
        }

        RunTrace.End(activity, result, Record(subCall, result, isRemembered: false));
        return new SubCallResult(subCall.Key, result);
    }

    private SubCall Reserve(SubCall subCall) =>
        _budget.TryReserve(subCall.Call) is { } reservation ? subCall with { Reservation = reservation }
        : _failsOnBudget ? throw new BudgetExceededException()
        : subCall with { IsOverBudget = true };

    private GateHolder Holder(SubCall subCall) => new(Request.Id, Request.Incarnation, Chat.Model, subCall.Role, subCall.Key);

    private UsageEvent Record(SubCall subCall, ModelCallResult result, bool isRemembered)
    {
        var reading = SubCallMeter.Read(subCall.Call, result);
        var usage = new UsageEvent
        {
            Run = Request.Id,
            Incarnation = Request.Incarnation,
            Ensemble = Chat.Model,
            Caller = Request.Caller,
            Role = subCall.Role,
            Key = subCall.Key,
            Model = subCall.Call.Model.DisplayName,
            Outcome = result.Outcome,
            Attempts = result.Attempts,
            StartedAt = result.StartedAt,
            FirstToken = result.FirstToken,
            Total = result.Total,
            PromptTokens = reading.PromptTokens,
            CompletionTokens = reading.CompletionTokens,
            Source = reading.Source,
            CostUsd = reading.CostUsd,
        };
        var entry = new SubCallManifest(usage)
        {
            Reported = result.Usage,
            IsRemembered = isRemembered,
            Prompt = subCall.Prompt,
            Seed = MemberEdits.SeedOf(subCall.Call),
            DroppedParameters = result.DroppedParameters,
            Error = result.Error?.Message,
        };
        lock (_lock)
        {
            _subCalls.Add(entry);
            if (subCall is { Role: SubCallRole.Panel, Key.Step: SubCallStep.Candidate })
            {
                _panelAnswers?.Add(StoredPanelAnswer.Of(subCall, result));
            }
        }

        if (subCall.Reservation is { } reservation)
        {
            _budget.Settle(reservation, reading.PromptTokens + reading.CompletionTokens ?? (reading.CostUsd == 0 ? 0 : null), reading.CostUsd);
        }

        // The incarnation that made the call has accounted for it.
        if (!isRemembered)
        {
            _services.Usage.Append(usage);
        }

        return usage;
    }
}
