namespace Ensemble.Silo.Options;

/// <summary>What a process of the cluster does.</summary>
internal enum NodeRole
{
    /// <summary>Everything: a silo and its frontend in one process, by itself a whole cluster.</summary>
    All,

    /// <summary>Holds runs and gates; its only HTTP is its probes.</summary>
    Silo,

    /// <summary>HTTP, as a client of the silos.</summary>
    Frontend,
}
