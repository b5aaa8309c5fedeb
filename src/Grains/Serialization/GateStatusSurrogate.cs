using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Upstreams;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateStatus"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateStatus)]
internal struct GateStatusSurrogate
{
    [Id(0)]
    public GateKey Gate;

    [Id(1)]
    public bool HasRate;

    [Id(2)]
    public int? Rpm;

    [Id(3)]
    public long? Tpm;

    [Id(4)]
    public int? Rpd;

    [Id(5)]
    public int? Concurrency;

    [Id(6)]
    public bool HasCooldown;

    [Id(7)]
    public int AfterFailures;

    [Id(8)]
    public TimeSpan Pause;

    [Id(9)]
    public TimeSpan MaxPause;

    [Id(10)]
    public int InFlight;

    [Id(11)]
    public long RequestsThisMinute;

    [Id(12)]
    public long TokensThisMinute;

    [Id(13)]
    public long RequestsThisDay;

    [Id(14)]
    public int Failures;

    [Id(15)]
    public TimeSpan? CoolingDown;

    [Id(16)]
    public int? CooldownCause;
}

[RegisterConverter]
internal sealed class GateStatusConverter : IConverter<GateStatus, GateStatusSurrogate>
{
    public GateStatus ConvertFromSurrogate(in GateStatusSurrogate surrogate) => new(
        surrogate.Gate,
        new GateLimits(
            surrogate.HasRate
                ? new RateLimitConfig { Rpm = surrogate.Rpm, Tpm = surrogate.Tpm, Rpd = surrogate.Rpd, Concurrency = surrogate.Concurrency }
                : null,
            surrogate.HasCooldown
                ? new CooldownConfig { AfterFailures = surrogate.AfterFailures, Pause = surrogate.Pause, MaxPause = surrogate.MaxPause }
                : null),
        surrogate.InFlight,
        surrogate.RequestsThisMinute,
        surrogate.TokensThisMinute,
        surrogate.RequestsThisDay,
        surrogate.Failures,
        surrogate.CoolingDown,
        (CallOutcome?)surrogate.CooldownCause);

    public GateStatusSurrogate ConvertToSurrogate(in GateStatus value) => new()
    {
        Gate = value.Gate,
        HasRate = value.Limits.Rate is not null,
        Rpm = value.Limits.Rate?.Rpm,
        Tpm = value.Limits.Rate?.Tpm,
        Rpd = value.Limits.Rate?.Rpd,
        Concurrency = value.Limits.Rate?.Concurrency,
        HasCooldown = value.Limits.Cooldown is not null,
        AfterFailures = value.Limits.Cooldown?.AfterFailures ?? 0,
        Pause = value.Limits.Cooldown?.Pause ?? default,
        MaxPause = value.Limits.Cooldown?.MaxPause ?? default,
        InFlight = value.InFlight,
        RequestsThisMinute = value.RequestsThisMinute,
        TokensThisMinute = value.TokensThisMinute,
        RequestsThisDay = value.RequestsThisDay,
        Failures = value.Failures,
        CoolingDown = value.CoolingDown,
        CooldownCause = (int?)value.CooldownCause,
    };
}
