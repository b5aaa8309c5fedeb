using System.Text.Json.Serialization;
using Ensemble.Catalog;
using Ensemble.Gates;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Admin;

internal sealed record GateList(IEnumerable<GateView> Data, bool HasMore)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "list";
}

/// <summary>How the limits of a model, an ensemble or a key stand. Only models have failures and cooldowns.</summary>
internal sealed class GateView(GateStatus status)
{
    public string Gate => status.Gate.ToString();
    public GateCount InFlight => new(status.InFlight, Rate?.Concurrency);
    public GateCount RequestsThisMinute => new(status.RequestsThisMinute, Rate?.Rpm);
    public GateCount TokensThisMinute => new(status.TokensThisMinute, Rate?.Tpm);
    public GateCount RequestsThisDay => new(status.RequestsThisDay, Rate?.Rpd);
    [JsonIgnore(Condition = WhenWritingNull)] public int? FailuresInARow => IsModel ? status.Failures : null;
    [JsonIgnore(Condition = WhenWritingNull)]
    public string? State => !IsModel ? null
        : status.CoolingDown is not { } left ? "in_use" : left > TimeSpan.Zero ? "cooling_down" : "probing";
    [JsonIgnore(Condition = WhenWritingNull)]
    public double? CoolingDownSeconds =>
        status.CoolingDown is { } left ? Math.Round(left.TotalSeconds, 3) : null;
    [JsonIgnore(Condition = WhenWritingNull)]
    public string? CooldownCause =>
        status.CoolingDown is null ? null : SnakeCase.Of(status.CooldownCause!.Value);

    private RateLimitConfig? Rate => status.Limits.Rate;

    private bool IsModel => status.Gate.Kind == GateKind.Model;
}

/// <param name="Limit">Null = none.</param>
internal sealed record GateCount(long Count, long? Limit);
