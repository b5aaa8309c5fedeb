using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Options;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>
/// <c>GET /v1/runs/{id}/content</c>: the messages and answers of a run that has ended, for the caller that made it and for the admin key.
/// Requires captured content.
/// </summary>
internal sealed class ContentEndpoint(RunFinder runs, FrontendOptions options, StoredPanels panels, TimeProvider time)
{
    public async Task FindAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var (manifest, error) = await runs.FindAsync(context, caller);
        RunContent? content = null;
        if (error is null)
        {
            try
            {
                (content, error) = await FindAsync(manifest!, context.RequestAborted);
            }
            catch (StorageException exception)
            {
                error = RunFinder.Unavailable(caller, exception);
            }
        }

        await (error is null
            ? JsonResponse.WriteAsync(
                context.Response, new RunContentView(manifest!.Run, content!, caller.ReadsManifests), RunsJson.Default.RunContentView)
            : ApiErrorWriter.WriteAsync(context, error));
    }

    private async Task<(RunContent? Content, ApiError? Error)> FindAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        if (!options.CapturesContent)
        {
            return (null, RunContentErrors.Off);
        }

        if (manifest.Total is not { } total)
        {
            return (null, RunContentErrors.InFlight);
        }

        if (manifest.Strategy == RunManifest.Direct)
        {
            return (null, RunContentErrors.Direct);
        }

        var endedAt = manifest.StartedAt + total;
        if (await panels.FindAsync(manifest.Run, endedAt, cancellationToken) is not { } own)
        {
            var isExpired = endedAt + panels.Retention <= time.GetUtcNow();
            return (null, isExpired ? RunContentErrors.Expired(panels.Retention) : RunContentErrors.Missing);
        }

        var source = manifest.ReplayOf is { } first ? await panels.FindAsync(first, endedAt: null, cancellationToken) ?? own : own;
        return RunContent.Of(own, source) is { } content ? (content, null)
            : (null, own.IsTooLarge ? RunContentErrors.TooLarge : RunContentErrors.Missing);
    }
}
