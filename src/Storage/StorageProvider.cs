namespace Ensemble.Storage;

/// <summary>Where things are kept.</summary>
public enum StorageProvider
{
    /// <summary>A file, for one process.</summary>
    Sqlite,

    /// <summary>A server, for many processes.</summary>
    Postgres,

    /// <summary>Nowhere: everything is gone when the process ends.</summary>
    Memory,
}
