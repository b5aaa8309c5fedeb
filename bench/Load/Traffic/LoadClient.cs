namespace Ensemble.Load.Traffic;

/// <summary>What makes the load.</summary>
internal enum LoadClient
{
    /// <summary>One thread with sockets of its own.</summary>
    Raw,

    /// <summary>The HTTP client of .NET, as many callers have it: it takes more of the processor.</summary>
    Http,
}
