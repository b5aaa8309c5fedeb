namespace Ensemble.Catalog.Reading;

/// <summary>Reads the settings that belong to the chosen strategy.</summary>
internal static class StrategyBlocks
{
    private static readonly string[] BestOfFields = ["swap"];
    private static readonly string[] ConsensusFields = ["embedding_model", "threshold"];
    private static readonly string[] ConfidenceFields = ["source"];

    private static readonly (string, ConfidenceSource)[] Sources =
        [("logprobs", ConfidenceSource.Logprobs), ("self_report", ConfidenceSource.SelfReport)];

    /// <param name="config">With its strategy, and its panel.</param>
    public static EnsembleConfig Read(ConfigObject block, EnsembleConfig config, CatalogDraft draft) =>
        ReadOwn(block, config, draft) with
        {
            Consensus = StrategyRules.AsksPanel(config.Strategy) && block.Find("consensus") is { } consensus
                ? ReadConsensus(consensus, draft)
                : config.Consensus,
            Confidence = config.Strategy is StrategyKind.Confidence or StrategyKind.Adaptive && block.Find("confidence") is { } confidence
                ? ReadConfidence(confidence)
                : config.Confidence,
        };

    private static EnsembleConfig ReadOwn(ConfigObject block, EnsembleConfig config, CatalogDraft draft) => config.Strategy switch
    {
        StrategyKind.BestOf when block.Find("best_of") is { } node => config with
        {
            BestOf = new BestOfConfig(node.Object(BestOfFields)?.Flag("swap") ?? false),
        },
        StrategyKind.Cascade when block.Find("cascade") is { } node => config with
        {
            Cascade = CascadeReader.Read(node, config.Panel, draft),
        },
        StrategyKind.Verify => config with
        {
            Verify = block.Require("verify", "Name the model that audits: \"verify\": { \"verifier\": … }.") is { } node
                ? VerifyReader.Read(node, config.Panel, draft)
                : null,
        },
        StrategyKind.Route => config with
        {
            Route = block.Require("route", "Say which model answers what: \"route\": { \"rules\": […], \"default\": … }.") is { } node
                ? RouteReader.Read(node, draft)
                : null,
        },
        StrategyKind.Specialist => config with
        {
            Specialist = block.Require("specialist",
                "Name who plans and who answers: \"specialist\": { \"planner\": …, \"members\": {…} }.") is { } node
                ? SpecialistReader.Read(node, draft)
                : null,
        },
        _ => config,
    };

    private static ConsensusConfig ReadConsensus(ConfigNode node, CatalogDraft draft) => node.Object(ConsensusFields) is { } consensus
        ? new ConsensusConfig(
            draft.ReadReference(consensus.Find("embedding_model"), ModelKind.Embedding),
            consensus.Number("threshold", 0, 1) ?? ConsensusConfig.DefaultThreshold)
        : new ConsensusConfig();

    private static ConfidenceConfig ReadConfidence(ConfigNode node) =>
        new(node.Object(ConfidenceFields)?.Find("source")?.OneOf(Sources) ?? ConfidenceSource.Logprobs);
}
