using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.OpenAi;

namespace Ensemble.Runs;

/// <summary>A call that a panel makes: a member, and which of its samples.</summary>
/// <param name="Key">Of the first sample that the call asks for.</param>
/// <param name="Answers">Samples that the one call asks for.</param>
internal readonly record struct PanelSlot(PanelMemberConfig Member, SubCallKey Key, int Answers = 1)
{
    /// <summary>What its answers count.</summary>
    public double Weight => Member.Weight * Answers;

    public static PanelSlot[] Of(EnsembleConfig ensemble, ChatRequest chat, CatalogSnapshot catalog) =>
        [.. Enumerable.Range(0, ensemble.Panel.Count).SelectMany(member => Of(ensemble, member, chat, catalog))];

    /// <summary>
    /// The calls to one member: one for all its samples where its provider takes that and no seed tells them apart, else one each.
    /// </summary>
    public static IEnumerable<PanelSlot> Of(EnsembleConfig ensemble, int member, ChatRequest chat, CatalogSnapshot catalog)
    {
        var config = ensemble.Panel[member];
        var key = new SubCallKey(SubCallStep.Candidate, member, 0);
        if (config.Samples > 1 && config.Seed is null && !chat.IsSet("seed") && ModelCapabilities.SupportsN(catalog.Models[config.Model]))
        {
            return [new PanelSlot(config, key, config.Samples)];
        }

        return Enumerable.Range(0, config.Samples).Select(sample => new PanelSlot(config, key with { Sample = sample }));
    }
}
