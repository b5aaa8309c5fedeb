using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>How a gate stands now.</summary>
/// <param name="RequestsThisMinute">Counted towards rpm.</param>
/// <param name="TokensThisMinute">Counted towards tpm: used, or held by those in flight.</param>
/// <param name="RequestsThisDay">Counted towards rpd.</param>
/// <param name="Failures">In a row.</param>
/// <param name="CoolingDown">How long the model is still left alone; zero = one probe will decide; null = it is not.</param>
/// <param name="CooldownCause">The outcome that began the cooldown.</param>
public sealed record GateStatus(
    GateKey Gate,
    GateLimits Limits,
    int InFlight,
    long RequestsThisMinute,
    long TokensThisMinute,
    long RequestsThisDay,
    int Failures,
    TimeSpan? CoolingDown,
    CallOutcome? CooldownCause);
