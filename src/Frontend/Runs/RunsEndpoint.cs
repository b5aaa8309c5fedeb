using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary><c>GET /v1/runs/{id}</c>: what a run did and why, for the caller that asked for it, and for the admin key.</summary>
internal sealed class RunsEndpoint(RunFinder runs)
{
    public async Task FindAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var (text, run) = RunFinder.Named(context);
        RunManifest? manifest;
        try
        {
            manifest = run is { } id ? await runs.FindAsync(id, context.RequestAborted) : null;
        }
        catch (StorageException exception)
        {
            // Its words are for an administrator: they say where the database is.
            await ApiErrorWriter.WriteAsync(
                context, caller.IsAdministrator ? AdminErrors.Unavailable(exception.Message) : ApiErrors.Unavailable);
            return;
        }

        if (manifest is null || (!caller.IsAdministrator && manifest.Caller != caller.Name))
        {
            await ApiErrorWriter.WriteAsync(context, ApiErrors.RunNotFound(text));
            return;
        }

        await JsonResponse.WriteAsync(
            context.Response, new ManifestView(manifest, caller.ReadsManifests), RunsJson.Default.ManifestView);
    }
}
