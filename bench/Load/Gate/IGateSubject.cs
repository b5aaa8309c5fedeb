namespace Ensemble.Load.Gate;

/// <summary>Something that lets calls through and takes them back.</summary>
internal interface IGateSubject : IAsyncDisposable
{
    string Name { get; }

    /// <summary>One call: in, and out again.</summary>
    /// <returns>False where it was refused.</returns>
    ValueTask<bool> PassAsync();
}
