using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace Ensemble.Models;

/// <summary>One gate lease and one upstream call an attempt; attempts by the model's retries.</summary>
public sealed partial class ModelCaller : IModelCaller
{
    private static readonly ResiliencePropertyKey<Attempts> AttemptsKey = new("ensemble.attempts");

    private readonly IReadOnlyDictionary<ProviderKind, IUpstream> _upstreams;
    private readonly IGate _gate;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<int, ResiliencePipeline<UpstreamResult>> _pipelines = new();

    /// <param name="random">For the jitter between attempts; guarded here, so it needs not be thread-safe.</param>
    public ModelCaller(
        IReadOnlyDictionary<ProviderKind, IUpstream> upstreams, IGate gate, TimeProvider time, Random random, ILogger? logger = null)
    {
        _upstreams = upstreams;
        _gate = gate;
        _time = time;
        _random = random;
        _logger = logger ?? NullLogger.Instance;
    }

    public async ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken)
    {
        try
        {
            return await _gate.AcquireAsync(Ask(call, holder), cancellationToken);
        }
        catch (Exception exception)
        {
            LogGate(exception, call.Model.DisplayName, cancellationToken);
            return null;
        }
    }

    public ValueTask ReturnAsync(GateAdmission admission) =>
        admission.Lease is { } lease ? ReleaseAsync(lease, GateRelease.Unused) : default;

    public async ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken)
    {
        try
        {
            return await _gate.RefusalAsync(GateKey.Model(model), tokens, cancellationToken);
        }
        catch (Exception exception)
        {
            LogGate(exception, model, cancellationToken);
            return null;
        }
    }

    public async Task<ModelCallResult> CallAsync(
        ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken)
    {
        using var watch = new CallMonitor(call.Timeout, call.IdleTimeout, _time, cancellationToken);
        var attempts = new Attempts(call, _upstreams[call.Model.Provider], watch, holder) { Admission = admission };
        var result = Unsupported(call, attempts.Upstream) ?? await RunAsync(attempts);
        if (attempts.Admission is { } unused)
        {
            await ReturnAsync(unused);
        }

        // A gate that closes after an attempt was made is not what this call failed by.
        if (result.Outcome == CallOutcome.GateRefused && attempts.Sent is { } sent)
        {
            result = sent;
        }

        return new ModelCallResult
        {
            Outcome = result.Outcome,
            Answer = result.Answer,
            Error = result.Error,
            Usage = attempts.Usage,
            Attempts = attempts.Count,
            StartedAt = watch.StartedAt,
            FirstToken = watch.FirstToken,
            Total = watch.Elapsed,
            ReceivedCharacters = result.ReceivedCharacters,
            DroppedParameters = result.DroppedParameters,
        };
    }

    private static UpstreamResult? Unsupported(ModelCall call, IUpstream upstream)
    {
        if (call.Inputs is not null)
        {
            return upstream.Embeds
                ? null
                : UpstreamResult.Failed(CallOutcome.Unsupported, new UpstreamError("This provider has no embeddings."));
        }

        foreach (var part in call.Chat.Parts)
        {
            if (!upstream.SupportsContent(part.Kind))
            {
                var param = $"messages[{part.Message}].content[{part.Index}]";
                return UpstreamResult.Failed(
                    CallOutcome.Unsupported,
                    new UpstreamError($"This model cannot be sent content of kind {part.Kind}.") { Param = param });
            }
        }

        return null;
    }

    private async Task<UpstreamResult> RunAsync(Attempts attempts)
    {
        var first = await AttemptAsync(attempts);
        if (attempts.Call.Model.Retries == 0 || !ShouldRetry(first, attempts))
        {
            return first;
        }

        // Only a call that is repeated pays for the pipeline, which begins with what the first attempt said.
        attempts.First = first;
        var context = ResilienceContextPool.Shared.Get(attempts.Watch.Token);
        context.Properties.Set(AttemptsKey, attempts);
        try
        {
            return await Pipeline(attempts.Call.Model.Retries).ExecuteAsync(
                static async (_, state) => state.Attempts.TakeFirst() ?? await state.Caller.AttemptAsync(state.Attempts),
                context,
                (Caller: this, Attempts: attempts));
        }
        catch (OperationCanceledException)
        {
            // While waiting between two attempts; what the last one said is still the best reason there is.
            return UpstreamResult.Failed(
                attempts.Watch.CancelledBy(), attempts.LastError ?? new UpstreamError("Cancelled before an attempt."));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<UpstreamResult> AttemptAsync(Attempts attempts)
    {
        var (call, watch) = (attempts.Call, attempts.Watch);
        GateAdmission admission;
        try
        {
            admission = attempts.TakeAdmission() ?? await _gate.AcquireAsync(Ask(call, attempts.Holder), watch.Token);
            while (attempts.Count > 0 && OpensSoon(admission.Refusal))
            {
                // The pause that this call has waited for is over by the gate's clock, not by ours.
                await Task.Delay(admission.Refusal!.RetryAfter!.Value, _time, watch.Token);
                admission = await _gate.AcquireAsync(Ask(call, attempts.Holder), watch.Token);
            }
        }
        catch (Exception exception)
        {
            if (watch.Token.IsCancellationRequested)
            {
                return UpstreamResult.Failed(watch.CancelledBy(), attempts.LastError ?? new UpstreamError("Cancelled before an attempt."));
            }

            // A gate may be in another process. Out of reach, it admits nobody, and that may pass.
            LogGate(exception, call.Model.DisplayName, watch.Token);
            attempts.LastError = new UpstreamError($"The gate could not be asked: {exception.Message}")
            { NeverSent = !attempts.MayBeBilled };
            return UpstreamResult.Failed(CallOutcome.TransportError, attempts.LastError);
        }

        if (admission.Refusal is { } refusal)
        {
            attempts.LastError = new UpstreamError(refusal.Reason)
            {
                Code = refusal.Limit == GateLimit.Cooldown ? GateRefusal.CooldownCode : null,
                RetryAfter = refusal.RetryAfter,
            };

            // Not a limit: waiting does not help a caller, and the operator is the one to act.
            var outcome = refusal.Limit == GateLimit.OperatorFault ? CallOutcome.AuthenticationFailed : CallOutcome.GateRefused;
            return UpstreamResult.Failed(outcome, attempts.LastError);
        }

        watch.BeginAttempt();
        call.Sink?.OnAttempt();
        attempts.Count++;
        using var activity = AttemptTrace.Start(call.Model, attempts.Count);
        UpstreamResult? result = null;
        try
        {
            try
            {
                result = await attempts.Upstream.SendAsync(
                    new UpstreamRequest
                    {
                        Model = call.Model,
                        Chat = call.Chat,
                        Edits = call.Edits,
                        Inputs = call.Inputs,
                        Sink = call.Sink,
                        KeepChoices = call.KeepChoices,
                        KeepCalls = call.KeepCalls,
                        Watch = watch,
                    },
                    watch.Token);
            }
            catch (Exception exception)
            {
                if (!watch.Token.IsCancellationRequested)
                {
                    LogFault(_logger, exception, call.Model.DisplayName);
                }

                result = UpstreamResult.Failed(
                    watch.Token.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.InvalidResponse,
                    new UpstreamError("The call failed by a fault of the gateway."));
            }

            if (result.Outcome == CallOutcome.Cancelled)
            {
                result = result with { Outcome = watch.CancelledBy() };
            }

            if (result.Usage is { } usage)
            {
                attempts.Usage = attempts.Usage is { } before ? before + usage : usage;
            }

            if (result.Error is { NeverSent: true } unsent && attempts.MayBeBilled)
            {
                result = result with { Error = unsent with { NeverSent = false } };
            }

            attempts.MayBeBilled |= result.Error is { Status: null, NeverSent: false };
            attempts.LastError = result.Error;
            attempts.Sent = result;
            AttemptTrace.End(activity, result);
            return result;
        }
        finally
        {
            var release = new GateRelease(
                result?.Outcome ?? CallOutcome.TransportError,
                Used(result),
                result?.Error?.RetryAfter);
            await ReleaseAsync(admission.Lease!, release);
        }
    }

    /// <summary>A cooldown whose end, or whose probe's answer, is worth waiting for within one call.</summary>
    private static bool OpensSoon(GateRefusal? refusal) =>
        refusal is { Limit: GateLimit.Cooldown, RetryAfter: { } wait } && wait <= GateRefusal.RetryInterval;

    private static GateRequest Ask(ModelCall call, GateHolder holder) => new(
        GateKey.Model(call.Model.DisplayName),
        LeaseIds.Next(),
        call.Model.RateLimit?.Tpm is null ? 0 : CallTokens.Reserved(call),
        holder);

    /// <returns>Null where nobody knows; a provider that answers with an error status has counted nothing.</returns>
    private static long? Used(UpstreamResult? result) =>
        result?.Usage is { } used ? used.PromptTokens + used.CompletionTokens
        : result?.Error is { Status: not null } or { NeverSent: true } ? 0
        : null;

    private async ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        try
        {
            await _gate.ReleaseAsync(lease, release);
        }
        catch (Exception exception)
        {
            // A gate in another process may be out of reach; the lease expires there by itself, and the answer is not lost with it.
            LogGate(exception, lease.Gate.Name, CancellationToken.None);
        }
    }
}
