using Ensemble.Catalog;

namespace Ensemble.Upstreams;

/// <summary>
/// Whether a model's answers begin with thoughts that only a closing tag ends. A stream of such a model is held back until that
/// tag. Known from the operator's <c>params.thinks</c>, else from the model's name, and from any answer of it that had such a tag.
/// </summary>
internal sealed class ThoughtHabit(ModelConfig model)
{
    private static readonly string[] Names = ["thinking", "think", "reasoner", "reasoning", "r1", "qwq", "magistral"];

    private volatile bool _holdsBack = model.Params.Thinks ?? IsNamedSo(model.Model);

    public bool HoldsBack => _holdsBack;

    /// <summary>An answer had a closing tag that nothing opened.</summary>
    public void OnLoneClose() => _holdsBack = model.Params.Thinks ?? true;

    private static bool IsNamedSo(string name) =>
        name.Split('-', '_', '/', ':', '.', ' ').Any(part => Names.Contains(part, StringComparer.OrdinalIgnoreCase));
}
