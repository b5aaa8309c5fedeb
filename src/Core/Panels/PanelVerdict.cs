namespace Ensemble.Panels;

/// <summary>Where a panel stands after an answer.</summary>
internal enum PanelVerdict
{
    /// <summary>Neither quorum nor the end is reached.</summary>
    Waiting,

    /// <summary>This answer made quorum, and others are still out.</summary>
    Quorum,

    /// <summary>Quorum was there before, and others are still out.</summary>
    BeyondQuorum,

    /// <summary>All have answered, or failed, and there is quorum.</summary>
    Complete,

    /// <summary>Those still out are too few for quorum.</summary>
    OutOfReach,
}
