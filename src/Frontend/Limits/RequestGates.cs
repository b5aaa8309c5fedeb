using System.Runtime.CompilerServices;
using Ensemble.Catalog;
using Ensemble.Execution;
using Ensemble.Frontend.Callers;
using Ensemble.Gates;
using Ensemble.Runs;

namespace Ensemble.Frontend.Limits;

/// <summary>The limits that a request meets before there is a run: those of its caller's key, and of the ensemble it names.</summary>
internal sealed class RequestGates(IGate gates, IRunEngine engine, TimeProvider time)
{
    /// <summary>How long a run without readers may take to say what it used.</summary>
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(5);

    public ValueTask<CompositeLease> EnterAsync(
        Caller caller, RunRequest request, CatalogSnapshot catalog, CancellationToken cancellationToken)
    {
        var chat = request.Chat;
        var keys = new List<GateKey>(2);
        var hasTokenLimit = false;
        if (caller is { Name: { } name, RateLimit: { } ofCaller })
        {
            keys.Add(GateKey.Caller(name));
            hasTokenLimit = ofCaller.Tpm is not null;
        }

        if (catalog.Ensembles.TryGetValue(chat.Model, out var ensemble) && ensemble.RateLimit is { } ofAlias)
        {
            keys.Add(GateKey.Alias(chat.Model));
            hasTokenLimit |= ofAlias.Tpm is not null;
        }

        return CompositeLease.AcquireAsync(gates, keys, hasTokenLimit ? Plan(request, catalog).MinimumTokens : 0, cancellationToken);
    }

    /// <summary>Passes a run's events on, and settles the admission with the last one, before its reader has it.</summary>
    /// <param name="isRepeat">Whether the run is another request's, which has settled what it used.</param>
    public static async IAsyncEnumerable<RunEvent> SettlingAsync(
        IAsyncEnumerable<RunEvent> events, CompositeLease admission, bool isRepeat,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            if (runEvent is RunCompleted or RunFailed)
            {
                await admission.SettleAsync(isRepeat ? 0 : Used(runEvent));
            }

            yield return runEvent;
        }
    }

    /// <summary>Settles the admission of a request whose caller left before the answer's end.</summary>
    /// <param name="isRepeat">Whether the run is another request's, which settles what it uses.</param>
    public async Task SettleCancelledAsync(RunId run, CompositeLease admission, bool isRepeat)
    {
        if (isRepeat)
        {
            await admission.SettleAsync(0);
            return;
        }

        if (ReferenceEquals(admission, CompositeLease.Free))
        {
            return;
        }

        using var limit = new CancellationTokenSource(SettleTimeout, time);
        try
        {
            await foreach (var runEvent in engine.ReadAsync(run, 0, limit.Token))
            {
                if (runEvent is RunCompleted or RunFailed)
                {
                    await admission.SettleAsync(Used(runEvent));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What it used stays unknown, and what was held for it stays counted.
        }

        await admission.SettleAsync(tokens: null);
    }

    private static RunPlan Plan(RunRequest request, CatalogSnapshot catalog)
    {
        var plan = RunPlan.Typical(request.Chat, catalog);
        return request.Replay is null ? plan : plan.WithoutPanel();
    }

    /// <returns>Null where nobody knows.</returns>
    private static long? Used(RunEvent runEvent) => runEvent switch
    {
        RunFailed { Failure.Kind: RunFailureKind.RunInterrupted } => null,
        RunCompleted completed => completed.Usage.TotalTokens,
        RunFailed failed => failed.Usage.TotalTokens,
        _ => null,
    };
}
