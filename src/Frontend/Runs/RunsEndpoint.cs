using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary><c>GET /v1/runs/{id}</c>: what a run did and why, for the caller that asked for it, and for the admin key.</summary>
internal sealed class RunsEndpoint(Authenticator authenticator, AdminAuthenticator admin, RunFinder runs)
{
    public async Task FindAsync(HttpContext context)
    {
        var (isAdmin, caller, error) = admin.Identify(context, authenticator);
        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
            return;
        }

        var (text, run) = RunFinder.Named(context);
        RunManifest? manifest;
        try
        {
            manifest = run is { } id ? await runs.FindAsync(id, context.RequestAborted) : null;
        }
        catch (StorageException exception)
        {
            // Its words are for an administrator: they say where the database is.
            await ApiErrorWriter.WriteAsync(context, isAdmin ? AdminErrors.Unavailable(exception.Message) : ApiErrors.Unavailable);
            return;
        }

        if (manifest is null || (!isAdmin && manifest.Caller != caller!.Name))
        {
            await ApiErrorWriter.WriteAsync(context, ApiErrors.RunNotFound(text));
            return;
        }

        await JsonResponse.WriteAsync(context.Response, (manifest, showsNames: isAdmin || caller!.ReadsManifests), static (json, shown) =>
            new ManifestWriter(json, shown.showsNames).Write(shown.manifest));
    }
}
