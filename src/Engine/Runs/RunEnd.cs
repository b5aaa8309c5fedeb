namespace Ensemble.Runs;

/// <summary>How a strategy ended: exactly one of the two is set.</summary>
internal readonly record struct RunEnd(RunAnswer? Answer, RunFailure? Failure)
{
    public static implicit operator RunEnd(RunAnswer answer) => new(answer, null);

    public static implicit operator RunEnd(RunFailure failure) => new(null, failure);
}
