using Ensemble.Catalog;
using Ensemble.Runs;

namespace Ensemble.Panels;

/// <summary>One answer that a panel asks for: a member, and which of its samples.</summary>
internal readonly record struct PanelSlot(PanelMemberConfig Member, SubCallKey Key)
{
    public static PanelSlot[] Of(EnsembleConfig ensemble)
    {
        var slots = new List<PanelSlot>(ensemble.Panel.Count);
        for (var member = 0; member < ensemble.Panel.Count; member++)
        {
            for (var sample = 0; sample < ensemble.Panel[member].Samples; sample++)
            {
                slots.Add(new PanelSlot(ensemble.Panel[member], new SubCallKey(SubCallStep.Candidate, member, sample)));
            }
        }

        return [.. slots];
    }
}
