namespace Ensemble.Catalog.Editing;

/// <summary>What became of an edit.</summary>
public enum EditOutcome
{
    Created,
    Replaced,
    Deleted,

    /// <summary>It could be made, and was not, because only that was asked.</summary>
    Checked,

    /// <summary>There is an entry of that name.</summary>
    Duplicate,
    NotFound,

    /// <summary>The entry is not the one that the caller knows.</summary>
    Stale,

    /// <summary>Ensembles name the model that was to be deleted.</summary>
    InUse,
    Invalid,

    /// <summary>The store is out of reach, or too many others write.</summary>
    Unavailable,

    /// <summary>What is served comes from elsewhere.</summary>
    ReadOnly,
}
