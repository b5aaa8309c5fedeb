using System.ClientModel.Primitives;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>The repeats of OpenAI's client for .NET as it makes them by itself, but for its waits: they set the clock forward.</summary>
internal sealed class ShiftingRetryPolicy(ShiftedTimeProvider clock) : ClientRetryPolicy
{
    protected override void Wait(TimeSpan time, CancellationToken cancellationToken) => clock.Shift(time);

    protected override Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        clock.Shift(time);
        return Task.CompletedTask;
    }
}
