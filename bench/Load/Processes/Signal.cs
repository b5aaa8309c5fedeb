namespace Ensemble.Load.Processes;

/// <summary>What one process can be told by another; the numbers are those of Linux.</summary>
internal enum Signal
{
    /// <summary>Ends it at this moment: nothing is written, nobody is told.</summary>
    Kill = 9,

    /// <summary>Asks it to end.</summary>
    Terminate = 15,

    /// <summary>Lets it go on.</summary>
    Continue = 18,

    /// <summary>Halts it as it is; its connections stay open, and nobody answers on them.</summary>
    Stop = 19,
}
