using System.Globalization;

namespace Ensemble.Gates;

/// <summary>Why a gate let nobody through.</summary>
/// <param name="Most">What the limit allows; 0 for a cooldown.</param>
/// <param name="RetryAfter">When it is worth asking again; null = never, since this request alone is larger than the limit.</param>
public sealed record GateRefusal(GateLimit Limit, long Most, TimeSpan? RetryAfter)
{
    /// <summary>For operators, manifests and the caller whose own limit it is; names nobody.</summary>
    public string Reason => Limit switch
    {
        GateLimit.Rpm => $"{Number} requests a minute is the limit (rpm)",
        GateLimit.Rpd => $"{Number} requests a day is the limit (rpd)",
        GateLimit.Concurrency => $"{Number} in flight at once is the limit (concurrency)",
        GateLimit.Tpm when RetryAfter is null => $"this request may take more tokens than the {Number} a minute that are the limit (tpm)",
        GateLimit.Tpm => $"{Number} tokens a minute is the limit (tpm)",
        GateLimit.OperatorFault => "left alone, since the provider refused its key or account",
        _ => "left alone for a while after failures (cooldown)",
    };

    private string Number => Most.ToString("N0", CultureInfo.InvariantCulture);
}
