using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary><c>GET /v1/runs/{id}</c>: what a run did and why, for the caller that asked for it, and for the admin key.</summary>
internal sealed class RunsEndpoint(Authenticator authenticator, AdminAuthenticator admin, IRunEngine engine, IUsageQueries accounts)
{
    private const string CompletionPrefix = "chatcmpl-";

    public async Task FindAsync(HttpContext context)
    {
        var isAdmin = admin.BearsKey(context);
        var (caller, error) = isAdmin ? (null, null) : authenticator.Authenticate(context);
        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
            return;
        }

        // A completion's id is its run's: whoever has the one need not look for the other.
        var text = context.GetRouteValue("id") as string ?? "";
        var id = text.StartsWith(CompletionPrefix, StringComparison.Ordinal) ? text[CompletionPrefix.Length..] : text;
        RunManifest? manifest;
        try
        {
            manifest = RunId.TryParse(id, out var run) ? await FindAsync(run, context.RequestAborted) : null;
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

    // The engine forgets, and knows nothing of what a process before this one did; the accounts have every run that has ended.
    private async Task<RunManifest?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        await engine.FindManifestAsync(run, cancellationToken) ?? await accounts.FindManifestAsync(run, cancellationToken);
}
