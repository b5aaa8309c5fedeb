namespace Ensemble.Runs;

/// <summary>
/// What a strategy did without. An estimate: of calls that were cancelled only the answer is counted, since their prompt was sent.
/// </summary>
/// <param name="Calls">Not made, or cancelled.</param>
/// <param name="CostUsd">Null where a price is unknown.</param>
public sealed record SavingsManifest(int Calls, long Tokens, decimal? CostUsd)
{
    public static readonly SavingsManifest None = new(0, 0, 0);

    public static SavingsManifest operator +(SavingsManifest left, SavingsManifest right) =>
        new(left.Calls + right.Calls, left.Tokens + right.Tokens, left.CostUsd + right.CostUsd);
}
