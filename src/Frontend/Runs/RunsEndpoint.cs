using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Runs;

/// <summary><c>GET /v1/runs/{id}</c>: what a run did and why, for the caller that asked for it, and for the admin key.</summary>
internal sealed class RunsEndpoint(RunFinder runs)
{
    public async Task FindAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var (manifest, error) = await runs.FindAsync(context, caller);
        await (error is null
            ? JsonResponse.WriteAsync(
                context.Response, new ManifestView(manifest!, caller.ReadsManifests), RunsJson.Default.ManifestView)
            : ApiErrorWriter.WriteAsync(context, error));
    }
}
