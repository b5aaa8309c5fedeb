using System.Diagnostics;
using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>
/// Makes the sub-calls of a run: within its budget, past the gates of their models, and not again where an earlier incarnation has the
/// answer. Thread-safe.
/// </summary>
/// <param name="onBudget">What becomes of the run where a call does not fit the budget.</param>
/// <param name="stored">Takes the calls that are stored at the run's end.</param>
internal sealed class RunCalls(
    RunRequest request, RunServices services, SubCallCache memory, RunBudget budget, RunUsage runUsage, OnBudget onBudget,
    StoredCalls stored)
{
    private readonly Lock _lock = new();
    private readonly List<Task> _inFlight = new(8);
    private long _heldBytes;

    /// <summary>The run's span; null where nobody traces it.</summary>
    public Activity? Activity { get; set; }

    /// <summary>Whether a call was not made because it did not fit the budget.</summary>
    public bool IsOverBudget => budget.IsExceeded;

    /// <summary>Of the budget, for the answers that calls gave.</summary>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>
    /// Makes a sub-call, or takes its answer from an earlier incarnation. Writes its usage event whatever becomes of it.
    /// </summary>
    /// <param name="cancellationToken">The deadline's, or one that is linked to it.</param>
    /// <exception cref="BudgetExceededException">It does not fit the budget, and the run is to fail by that.</exception>
    public Task<SubCallResult> MakeAsync(SubCall subCall, CancellationToken cancellationToken)
    {
        var call = CallOrReuseAsync(subCall, cancellationToken);
        if (!call.IsCompleted)
        {
            lock (_lock)
            {
                _inFlight.Add(call);
            }
        }

        return call;
    }

    /// <summary>
    /// Reserves the budget of the calls in their order, then asks the gates of all models at once, before any of them is called. Calls
    /// that an earlier incarnation finished ask for nothing.
    /// </summary>
    /// <returns>The sub-calls with their admissions: each goes to <see cref="MakeAsync"/> or to <see cref="ReturnAsync"/>.</returns>
    /// <exception cref="BudgetExceededException">One does not fit the budget, and the run is to fail by that.</exception>
    public async ValueTask<SubCall[]> AdmitAsync(IReadOnlyList<SubCall> subCalls, CancellationToken cancellationToken)
    {
        var admitted = new SubCall[subCalls.Count];
        for (var index = 0; index < admitted.Length; index++)
        {
            admitted[index] = memory.Find(subCalls[index].Key) is null ? Reserve(subCalls[index]) : subCalls[index];
        }

        var asked = Array.ConvertAll(admitted, subCall => AdmitAsync(subCall, cancellationToken));
        for (var index = 0; index < admitted.Length; index++)
        {
            if (await asked[index] is { } admission)
            {
                admitted[index] = admitted[index] with { Admission = admission };
            }
        }

        return admitted;
    }

    private ValueTask<GateAdmission?> AdmitAsync(SubCall subCall, CancellationToken cancellationToken) =>
        subCall is { IsOverBudget: false, Reservation: not null }
        ? services.Models.AdmitAsync(subCall.Call, Holder(subCall), cancellationToken)
        : default;

    /// <summary>Gives back what is held for a call that is not made.</summary>
    public ValueTask ReturnAsync(SubCall subCall)
    {
        if (subCall.Reservation is { } reservation)
        {
            budget.Return(reservation);
        }

        return subCall.Admission is { } admission ? services.Models.ReturnAsync(admission) : default;
    }

    /// <returns>Why a model's gate would refuse a call now; null = it would not.</returns>
    public ValueTask<GateRefusal?> RefusalAsync(ModelConfig model, CancellationToken cancellationToken) =>
        services.Models.RefusalAsync(
            model.DisplayName, model.RateLimit?.Tpm is null ? 0 : CallTokens.Answer(request.Chat, model), cancellationToken);

    /// <summary>Waits for the sub-calls that are still in flight; each has been cancelled or is near its end.</summary>
    public Task SettleAsync()
    {
        lock (_lock)
        {
            return _inFlight.TrueForAll(call => call.IsCompletedSuccessfully) ? Task.CompletedTask : Task.WhenAll(_inFlight);
        }
    }

    private async Task<SubCallResult> CallOrReuseAsync(SubCall subCall, CancellationToken cancellationToken)
    {
        if (memory.Find(subCall.Key) is { } remembered)
        {
            remembered = Read(subCall, remembered);
            Record(subCall, remembered, isRemembered: true);
            return new SubCallResult(subCall.Key, remembered);
        }

        if (subCall.Reservation is null)
        {
            subCall = Reserve(subCall);
        }

        if (subCall.IsOverBudget)
        {
            var unmade = new ModelCallResult
            { Outcome = CallOutcome.BudgetExceeded, Attempts = 0, StartedAt = services.Time.GetUtcNow(), Total = TimeSpan.Zero };
            Record(subCall, unmade, isRemembered: false);
            return new SubCallResult(subCall.Key, unmade);
        }

        using var activity = RunTrace.StartCall(subCall, Activity);
        var result = Read(subCall, await services.Models.CallAsync(subCall.Call, Holder(subCall), subCall.Admission, cancellationToken));
        if (subCall.Call.Sink is null && subCall.Call.Inputs is null)
        {
            // What was streamed went to this incarnation's journal, and cannot be given again; vectors are large, and cheap to have again.
            memory.Add(subCall.Key, result);
        }

        Hold(SubCallCache.SizeOf(result));

        RunTrace.End(activity, result, Record(subCall, result, isRemembered: false));
        return new SubCallResult(subCall.Key, result);
    }

    // Several answers of one call are read where they are taken apart.
    private static ModelCallResult Read(SubCall subCall, ModelCallResult result) =>
        subCall.Call.Answers > 1 || subCall.Expected is not { } expected ? result : expected.Read(result);

    // It is there and paid for: what comes after it is refused where it is too much.
    private void Hold(long bytes)
    {
        services.Buffers.Take(bytes);
        Interlocked.Add(ref _heldBytes, bytes);
    }

    private SubCall Reserve(SubCall subCall) =>
        budget.TryReserve(subCall.Call) is { } reservation ? subCall with { Reservation = reservation }
        : onBudget == OnBudget.Fail ? throw new BudgetExceededException()
        : subCall with { IsOverBudget = true };

    private GateHolder Holder(SubCall subCall) => new(request.Id, request.Incarnation, request.Chat.Model, subCall.Role, subCall.Key);

    private UsageEvent Record(SubCall subCall, ModelCallResult result, bool isRemembered)
    {
        stored.Add(subCall, result);
        return runUsage.Record(subCall, result, isRemembered);
    }
}
