using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Ensemble.Models;

public sealed partial class ModelCaller
{
    private ResiliencePipeline<UpstreamResult> Pipeline(int retries) => _pipelines.GetOrAdd(
        retries,
        static (count, caller) => new ResiliencePipelineBuilder<UpstreamResult> { TimeProvider = caller._time }
            .AddRetry(new RetryStrategyOptions<UpstreamResult>
            {
                MaxRetryAttempts = count,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(250),
                MaxDelay = TimeSpan.FromSeconds(8),
                Randomizer = caller.NextDouble,
                ShouldHandle = static arguments => new(
                    arguments.Outcome.Result is { } result
                        && ShouldRetry(result, arguments.Context.Properties.GetValue(AttemptsKey, null!))),
                DelayGenerator = static arguments => new(arguments.Outcome.Result?.Error?.RetryAfter),
            })
            .Build(),
        this);

    private static bool ShouldRetry(UpstreamResult result, Attempts attempts) =>
        RetryRule.IsTransient(result, attempts.Call.WaitForGate)
        && attempts.Call.Sink is not { Shown: true }
        && !(result.Error?.RetryAfter is { } asked && attempts.Call.MaxRetryDelay is { } longest && (asked > longest || attempts.Count > 1))
        && attempts.Watch.Remaining > (result.Error?.RetryAfter ?? TimeSpan.Zero);

    private double NextDouble()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    private void LogGate(Exception exception, string gate, CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            LogGateOutOfReach(_logger, exception, gate);
        }
    }

    [LoggerMessage(
        EventId = EventIds.CallFault, EventName = nameof(EventIds.CallFault), Level = LogLevel.Error,
        Message = "A call of {Model} failed by a fault of the gateway.")]
    private static partial void LogFault(ILogger logger, Exception exception, string model);

    [LoggerMessage(
        EventId = EventIds.GateOutOfReach, EventName = nameof(EventIds.GateOutOfReach), Level = LogLevel.Warning,
        Message = "The gate of {Model} could not be asked or told. Check that silos answer.")]
    private static partial void LogGateOutOfReach(ILogger logger, Exception exception, string model);

    /// <summary>What the attempts of one call share.</summary>
    private sealed class Attempts(ModelCall call, IUpstream upstream, CallMonitor watch, GateHolder holder)
    {
        public GateHolder Holder { get; } = holder;

        /// <summary>For the first attempt, until that takes it.</summary>
        public GateAdmission? Admission { get; set; }

        /// <summary>What the first attempt said, until the pipeline for repetitions takes it.</summary>
        public UpstreamResult? First { get; set; }

        /// <summary>The last attempt that the gate let through.</summary>
        public UpstreamResult? Sent { get; set; }

        public ModelCall Call { get; } = call;

        public IUpstream Upstream { get; } = upstream;

        public CallMonitor Watch { get; } = watch;

        public int Count { get; set; }

        public TokenUsage? Usage { get; set; }

        public UpstreamError? LastError { get; set; }

        /// <summary>Whether an attempt ended without a word of the provider after it may have read the request.</summary>
        public bool MayBeBilled { get; set; }

        public UpstreamResult? TakeFirst()
        {
            var first = First;
            First = null;
            return first;
        }

        public GateAdmission? TakeAdmission()
        {
            var admission = Admission;
            Admission = null;
            return admission;
        }
    }
}
