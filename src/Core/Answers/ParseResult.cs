namespace Ensemble.Answers;

/// <summary>What was found where a text states its answer.</summary>
internal enum ParseResult
{
    /// <summary>Nothing: it may be stated elsewhere.</summary>
    None,
    Value,

    /// <summary>More than one value, or one that was taken back: the text has no one answer.</summary>
    Unclear,
}
