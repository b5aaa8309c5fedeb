using Ensemble.Execution;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Runs;

/// <summary>A run that a test has started.</summary>
internal sealed record RunningRun(Run Run, Task Execution)
{
    /// <summary>Waits for the end.</summary>
    public async Task<RunOutcome> EndAsync()
    {
        await Execution.WaitAsync(TestContext.Current.CancellationToken);
        var events = new List<RunEvent>();
        await foreach (var runEvent in Run.Journal.ReadAsync(0, TestContext.Current.CancellationToken))
        {
            events.Add(runEvent);
        }

        return new RunOutcome(events, Run.Manifest());
    }

    /// <summary>Waits for the first event of a kind.</summary>
    public async Task<T> SeeAsync<T>()
        where T : RunEvent
    {
        await foreach (var runEvent in Run.Journal.ReadAsync(0, TestContext.Current.CancellationToken))
        {
            if (runEvent is T found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"The run ended without {typeof(T).Name}.");
    }
}

/// <summary>How a run went.</summary>
internal sealed record RunOutcome(IReadOnlyList<RunEvent> Events, RunManifest Manifest)
{
    public string Text => string.Concat(Events.OfType<AnswerDelta>().Select(delta => delta.Text));

    public RunAnswer? Answer => (Events[^1] as RunCompleted)?.Answer;

    public RunFailure? Failure => (Events[^1] as RunFailed)?.Failure;

    public IEnumerable<string> Degraded => Events.OfType<AnswerDegraded>().Select(degraded => degraded.Reason);
}
