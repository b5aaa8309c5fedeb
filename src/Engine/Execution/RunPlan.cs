using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;

namespace Ensemble.Execution;

/// <summary>The calls that a request can lead to.</summary>
public sealed record RunPlan(IReadOnlyList<PlannedCall> Calls)
{
    /// <summary>Of all calls, whether sure or not.</summary>
    public long MaxTokens => Calls.Sum(call => call.Tokens);

    /// <summary>The same without those that are made only where something fails or stays undecided.</summary>
    public long MinimumTokens => Calls.Where(call => call.IsCertain).Sum(call => call.Tokens);

    /// <summary>Of all calls in US dollars; null where a price is unknown.</summary>
    public decimal? MaxCostUsd => Cost(Calls);

    /// <summary>The same without those that are made only where something fails or stays undecided.</summary>
    public decimal? MinimumCostUsd => Cost(Calls.Where(call => call.IsCertain));

    /// <summary>With the longest answers that the caller and the catalog allow, at the highest of each model's prices.</summary>
    /// <exception cref="KeyNotFoundException">The alias is not in the catalog.</exception>
    public static RunPlan Of(ChatRequest chat, CatalogSnapshot catalog) => new RunPlanner(
        chat, catalog, CallTokens.MaxAnswer, static (price, prompt, answer) => price.MaxUsd(prompt, answer)).Plan();

    /// <summary>With answers of typical length, at prices without caches: what is held of a caller's limits until the usage is known.</summary>
    /// <exception cref="KeyNotFoundException">The alias is not in the catalog.</exception>
    public static RunPlan Typical(ChatRequest chat, CatalogSnapshot catalog) => new RunPlanner(
        chat, catalog, CallTokens.Answer, static (price, prompt, answer) => price.CostUsd(prompt, answer)).Plan();

    /// <summary>Those that a replay can lead to: its panel has answered.</summary>
    public RunPlan WithoutPanel() => new([.. Calls.Where(static call => call.Step != SubCallStep.Candidate)]);

    private static decimal? Cost(IEnumerable<PlannedCall> calls) => calls.Aggregate((decimal?)0, static (sum, call) => sum + call.CostUsd);
}

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
