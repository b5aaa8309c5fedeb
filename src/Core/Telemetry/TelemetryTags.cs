namespace Ensemble.Telemetry;

/// <summary>Labels of metrics and attributes of spans: OpenTelemetry's where it has one.</summary>
internal static class TelemetryTags
{
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string Model = "gen_ai.request.model";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CachedTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string CacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";
    public const string TokenType = "gen_ai.token.type";
    public const string Error = "error.type";

    public const string Ensemble = "ensemble.name";
    public const string Strategy = "ensemble.strategy";
    public const string Outcome = "ensemble.outcome";
    public const string Role = "ensemble.role";
    public const string Step = "ensemble.step";
    public const string Member = "ensemble.member";
    public const string Sample = "ensemble.sample";
    public const string Run = "ensemble.run.id";
    public const string Incarnation = "ensemble.run.incarnation";
    public const string Agreement = "ensemble.run.agreement";
    public const string Degraded = "ensemble.run.degraded";
    public const string Usable = "ensemble.panel.usable";
    public const string Closed = "ensemble.panel.closed_because";
    public const string Cost = "ensemble.cost_usd";
    public const string Attempt = "ensemble.attempt";
    public const string Attempts = "ensemble.attempts";
    public const string ProviderModel = "ensemble.provider.model";
    public const string Reason = "ensemble.reason";
    public const string Verdict = "ensemble.verdict";
    public const string FirstMember = "ensemble.member.a";
    public const string SecondMember = "ensemble.member.b";
    public const string GateKind = "ensemble.gate.kind";
    public const string GateName = "ensemble.gate.name";
    public const string GateLimit = "ensemble.gate.limit";
    public const string TokenSource = "ensemble.token.source";
    public const string TokenKind = "ensemble.token.kind";
    public const string Tier = "ensemble.tier";

    public static string OperationOf(bool embeds) => embeds ? "embeddings" : "chat";
}
