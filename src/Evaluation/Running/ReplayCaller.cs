using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Recording;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Running;

/// <summary>The models as one replayed run sees them: each answers as it was recorded, and after the time that it took.</summary>
internal sealed class ReplayCaller(AskedModels models, EvaluationQuestion question, RunLoop loop) : IModelCaller
{
    private readonly Dictionary<string, int> _asked = [];
    private bool _isPriced = true;

    /// <summary>Calls of the run.</summary>
    public int Calls { get; private set; }

    /// <summary>
    /// What they cost in US dollars, those in full that were cancelled before their end: most providers bill them so. Null where a model
    /// has no price.
    /// </summary>
    public decimal? CostUsd => _isPriced ? _cost : null;

    private decimal _cost;

    /// <summary>Why the run is void; null = it is not.</summary>
    public Exception? Fault { get; private set; }

    public ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken) => default;

    public ValueTask ReturnAsync(GateAdmission admission) => default;

    public ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken) => default;

    public async Task<ModelCallResult> CallAsync(
        ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken)
    {
        var started = loop.Clock.GetUtcNow();
        try
        {
            var same = CallKey.Of(call, wantsLogprobs: false, ordinal: 0);
            var ordinal = _asked[same] = _asked.GetValueOrDefault(same, -1) + 1;
            var result = await loop.HoldAsync(() => models.AskAsync(question, call, holder, ordinal));
            Count(CallCost.Of(call, result));
            if (result.Total > call.Timeout)
            {
                await loop.Clock.WaitAsync(call.Timeout, cancellationToken);
                return Ended(CallOutcome.TimedOut, started, call.Timeout);
            }

            await loop.Clock.WaitAsync(result.Total, cancellationToken);
            return result with { StartedAt = started };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Ended(CallOutcome.Cancelled, started, loop.Clock.GetUtcNow() - started);
        }
        catch (Exception exception)
        {
            Fault ??= exception;
            return Ended(CallOutcome.Cancelled, started, TimeSpan.Zero);
        }
    }

    private void Count(decimal? cost)
    {
        Calls++;
        _isPriced &= cost is not null;
        _cost += cost ?? 0;
    }

    private static ModelCallResult Ended(CallOutcome outcome, DateTimeOffset started, TimeSpan total) =>
        new() { Outcome = outcome, Attempts = 1, StartedAt = started, Total = total };
}
