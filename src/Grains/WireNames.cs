namespace Ensemble.Grains;

/// <summary>
/// The names of everything that crosses the wire between silos and frontends. A name, once released, is for ever: clusters of two
/// versions talk to each other while they are upgraded.
/// </summary>
internal static class WireNames
{
    public const string RunGrain = "ensemble.run";
    public const string ModelCallGrain = "ensemble.model-call";
    public const string CallerGateGrain = "ensemble.caller-gate";
    public const string GateGrain = "ensemble.gate";
    public const string GateContact = "ensemble.gate-contact";
    public const string SiloGrain = "ensemble.silo";
    public const string StreamInbox = "ensemble.stream-inbox";
    public const string UsageWatchGrain = "ensemble.usage-watch";
    public const string SiloPingGrain = "ensemble.silo-ping";
    public const string ClusterGrain = "ensemble.cluster";
    public const string NodeService = "ensemble.node";
    public const string ProbeGrain = "ensemble.probe";
    public const string AdviceGrain = "ensemble.advice";

    public const string RunRequest = "ensemble.run-request";
    public const string RunAnswered = "ensemble.run-answered";
    public const string RunEvent = "ensemble.run-event";
    public const string RunAnswer = "ensemble.run-answer";
    public const string RunFailure = "ensemble.run-failure";
    public const string AnswerBatch = "ensemble.answer-batch";
    public const string UsageTotals = "ensemble.usage-totals";
    public const string TokenUsage = "ensemble.token-usage";

    public const string UsageStreamBatch = "ensemble.usage-news";
    public const string UsageRow = "ensemble.usage-row";
    public const string RunRecord = "ensemble.run-record";

    public const string GateRequest = "ensemble.gate-request";
    public const string GateHolder = "ensemble.gate-holder";
    public const string GateLease = "ensemble.gate-lease";
    public const string GateRefusal = "ensemble.gate-refusal";
    public const string GateQuota = "ensemble.gate-quota";
    public const string GateAdmission = "ensemble.gate-admission";
    public const string GateRelease = "ensemble.gate-release";
    public const string GateStatus = "ensemble.gate-status";
    public const string GateKey = "ensemble.gate-key";
    public const string GateReport = "ensemble.gate-report";
    public const string GateOutcome = "ensemble.gate-outcome";
    public const string GateEnd = "ensemble.gate-end";
    public const string GateUnits = "ensemble.gate-units";
    public const string GateGrant = "ensemble.gate-grant";
}
