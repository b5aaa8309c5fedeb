using System.Globalization;

namespace Ensemble.Gates;

/// <summary>A gate's answer: exactly one of lease and refusal is set.</summary>
/// <param name="Requests">What is left of <see cref="GateQuotas.Requests"/> after it.</param>
/// <param name="Tokens">What is left of <see cref="GateQuotas.Tokens"/> after it.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateAdmission(
    [property: Id(0)] GateLease? Lease,
    [property: Id(1)] GateRefusal? Refusal,
    [property: Id(2)] GateQuota? Requests,
    [property: Id(3)] GateQuota? Tokens)
{
    public GateAdmission(GateLease? lease, GateRefusal? refusal, GateQuotas quotas)
        : this(lease, refusal, quotas.Requests, quotas.Tokens)
    {
    }

    /// <summary>What is left after it.</summary>
    public GateQuotas Quotas => new(Requests, Tokens);
}

/// <summary>Why a gate let nobody through.</summary>
/// <param name="Allowed">What the limit allows; 0 for a cooldown.</param>
/// <param name="RetryAfter">When it is worth asking again; null = never, since this request alone is larger than the limit.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record GateRefusal(
    [property: Id(0)] GateLimit Limit,
    [property: Id(1)] long Allowed,
    [property: Id(2)] TimeSpan? RetryAfter)
{
    /// <summary>The code of a call that a cooldown kept from being made.</summary>
    public const string CooldownCode = "cooldown";

    /// <summary>How soon it is worth asking again where nothing says when: while a probe is out, or all places are taken.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>For operators, manifests and the caller whose own limit it is, to follow "is"; names nobody.</summary>
    public string Reason => Limit switch
    {
        GateLimit.Rpm => $"at its limit of {Number} requests a minute (rpm)",
        GateLimit.Rpd => $"at its limit of {Number} requests a day (rpd)",
        GateLimit.Concurrency => $"at its limit of {Number} in flight at once (concurrency)",
        GateLimit.Tpm when RetryAfter is null => $"limited to {Number} tokens a minute (tpm), and this request alone may take more",
        GateLimit.Tpm => $"at its limit of {Number} tokens a minute (tpm)",
        GateLimit.OperatorFault => "left alone, since the provider refused its key or account",
        _ => "left alone for a while after failures (cooldown)",
    };

    private string Number => Allowed.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>Which limit turned a request away.</summary>
public enum GateLimit
{
    /// <summary>Requests in 60 seconds.</summary>
    Rpm,

    /// <summary>Tokens in 60 seconds.</summary>
    Tpm,

    /// <summary>Requests in 24 hours.</summary>
    Rpd,

    /// <summary>Calls in flight.</summary>
    Concurrency,

    /// <summary>The model failed, and is left alone for a while.</summary>
    Cooldown,

    /// <summary>The model refused its operator's key or account, and is left alone for a while.</summary>
    OperatorFault,
}
