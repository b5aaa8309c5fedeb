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
    public const string AnswerBatch = "ensemble.answer-batch";

    public const string UsageStreamBatch = "ensemble.usage-news";

    public const string GateStatus = "ensemble.gate-status";
}
