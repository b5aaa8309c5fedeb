using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>A run that a silo executes. It is in flight until it has ended and nobody is to read it further: a silo that stops waits for both.</summary>
/// <param name="left">Called once, when it is in flight no more.</param>
internal sealed class HeldRun(Run run, Action<HeldRun> left)
{
    private int _holds = 2;
    private int _letGo;

    /// <summary>Whether its events have been read to the end, or nobody wants them.</summary>
    public bool IsLetGo => Volatile.Read(ref _letGo) != 0;

    public Run Run { get; } = run;

    /// <summary>Ends with the run; never fails.</summary>
    public Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>Executes the run on the thread pool: no grain waits for it.</summary>
    public void Begin() => Execution = Task.Run(ExecuteAsync);

    /// <summary>Says that its events have been read to the end, or that nobody wants them.</summary>
    public void LetGo()
    {
        if (Interlocked.Exchange(ref _letGo, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>Frees what it holds once it has ended.</summary>
    public async Task DropAsync()
    {
        await Execution;
        Run.Drop();
    }

    public void Cancel()
    {
        Run.Cancel();
        LetGo();
    }

    private async Task ExecuteAsync()
    {
        try
        {
            await Run.ExecuteAsync();
        }
        finally
        {
            // Its timers; what it did can still be read.
            Run.Dispose();
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            left(this);
        }
    }
}
