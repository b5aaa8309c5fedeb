using Ensemble.Catalog;

namespace Ensemble.Providers.Calls;

/// <summary>
/// Whether a model's answers begin with thoughts that only a closing tag ends. A stream of such a model is held back until that
/// tag. Known from the operator's <c>params.thinks</c>, else from the model's name, and from any answer of it that had such a tag.
/// </summary>
internal sealed class ReasoningHoldback(ModelConfig model)
{
    private static readonly string[] Names = ["thinking", "think", "reasoner", "reasoning", "r1", "qwq", "magistral"];

    private volatile bool _isActive = model.Params.Thinks ?? HasReasoningName(model.Model);

    public bool IsActive => _isActive;

    /// <summary>An answer had a closing tag that nothing opened.</summary>
    public void OnUnopenedClose() => _isActive = model.Params.Thinks ?? true;

    private static bool HasReasoningName(string name) =>
        name.Split('-', '_', '/', ':', '.', ' ').Any(part => Names.Contains(part, StringComparer.OrdinalIgnoreCase));
}
