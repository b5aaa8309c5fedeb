namespace Ensemble.Storage.Sql;

/// <summary>What a write survives once it is acknowledged.</summary>
internal enum Durability
{
    /// <summary>A power cut.</summary>
    PowerCut,

    /// <summary>The end of the process, however sudden. A power cut may undo the last moments; nothing is ever damaged by it.</summary>
    ProcessEnd,
}
