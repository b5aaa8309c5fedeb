namespace Ensemble.Panels;

/// <summary>Counts a panel's answers towards quorum. A pure rule; its user guards it.</summary>
/// <param name="total">Answers asked for.</param>
/// <param name="required">Usable ones needed, at most <paramref name="total"/>.</param>
internal sealed class PanelCount(int total, int required)
{
    public int Usable { get; private set; }

    public int Missing { get; private set; }

    public bool HasQuorum => Usable >= required;

    private int Outstanding => total - Usable - Missing;

    public PanelVerdict Report(bool usable)
    {
        if (usable)
        {
            Usable++;
        }
        else
        {
            Missing++;
        }

        return HasQuorum
            ? Outstanding == 0 ? PanelVerdict.Complete : usable && Usable == required ? PanelVerdict.Quorum : PanelVerdict.BeyondQuorum
            : Usable + Outstanding < required ? PanelVerdict.OutOfReach : PanelVerdict.Waiting;
    }
}
