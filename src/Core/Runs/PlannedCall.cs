namespace Ensemble.Runs;

/// <summary>A call that a run may make.</summary>
/// <param name="Model">The alias.</param>
/// <param name="IsCertain">Whether it is made even where every other call goes well; else only where something fails or stays
/// undecided.</param>
/// <param name="PromptTokens">An estimate.</param>
/// <param name="CompletionTokens">The longest that the caller or the catalog allows, else what is usual.</param>
/// <param name="CostUsd">Null where the model has no price.</param>
public sealed record PlannedCall(
    SubCallRole Role, SubCallStep Step, string Model, bool IsCertain, long PromptTokens, long CompletionTokens, decimal? CostUsd)
{
    public long Tokens => PromptTokens + CompletionTokens;
}
