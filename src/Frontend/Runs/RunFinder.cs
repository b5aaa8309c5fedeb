using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Finds runs by the name in an address.</summary>
internal sealed class RunFinder(IRunEngine engine, IUsageQueries usage)
{
    private const string CompletionPrefix = "chatcmpl-";

    /// <returns>What the address names, as it was sent, and the run; null where no run has such a name.</returns>
    private static (string Text, RunId? Run) Named(HttpContext context)
    {
        // A completion's id is its run's: a caller that has the one need not look for the other.
        var text = context.GetRouteValue("id") as string ?? "";
        var id = text.StartsWith(CompletionPrefix, StringComparison.Ordinal) ? text[CompletionPrefix.Length..] : text;
        return (text, RunId.TryParse(id, out var run) ? run : null);
    }

    /// <returns>The run that the address names, if it is this caller's; or why there is none.</returns>
    public async Task<(RunManifest? Manifest, ApiError? Error)> FindForAsync(HttpContext context, Caller caller)
    {
        var (text, run) = Named(context);
        try
        {
            return run is { } id && await FindAsync(id, context.RequestAborted) is { } manifest
                && (caller.IsAdministrator || manifest.Caller == caller.Name)
                    ? (manifest, null)
                    : (null, ApiErrors.RunNotFound(text));
        }
        catch (StorageException exception)
        {
            return (null, Unavailable(caller, exception));
        }
    }

    /// <summary>What a caller is told where the store fails.</summary>
    public static ApiError Unavailable(Caller caller, StorageException exception) =>

        // Its words are for an administrator: they say where the database is.
        caller.IsAdministrator ? AdminErrors.Unavailable(exception.Message) : ApiErrors.Unavailable;

    /// <returns>Null where nobody knows it.</returns>
    /// <exception cref="StorageException">The accounts cannot be read.</exception>
    public async Task<RunManifest?> FindAsync(RunId run, CancellationToken cancellationToken) =>

        // The engine forgets, and knows nothing of what a process before this one did; the accounts have every run that has ended.
        await engine.FindManifestAsync(run, cancellationToken) ?? await usage.FindManifestAsync(run, cancellationToken);
}
