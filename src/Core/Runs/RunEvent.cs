namespace Ensemble.Runs;

/// <summary>A step of a run that its caller may see.</summary>
public abstract record RunEvent
{
    /// <summary>From 1, without gaps, within one incarnation.</summary>
    public long Sequence { get; private set; }

    /// <summary>Events of an older incarnation than the newest one seen are void.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Called once, by the journal, or by the code that restores an event from a message.</summary>
    public void Stamp(long sequence, int incarnation)
    {
        Sequence = sequence;
        Incarnation = incarnation;
    }
}
