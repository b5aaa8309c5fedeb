using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Finds the run that an address names.</summary>
internal sealed class RunFinder(IRunEngine engine, IUsageQueries usage)
{
    /// <summary>Of completions, responses and messages.</summary>
    private static readonly string[] Prefixes = ["chatcmpl-", "resp_", "msg_"];

    /// <returns>The manifest of the run that the address names; or why there is none for this caller.</returns>
    public async Task<(RunManifest? Manifest, ApiError? Error)> FindAsync(HttpContext context, Caller caller)
    {
        // An answer's id is its run's: a caller that has the one need not look for the other.
        var text = context.GetRouteValue("id") as string ?? "";
        var prefix = Array.Find(Prefixes, prefix => text.StartsWith(prefix, StringComparison.Ordinal)) ?? "";
        try
        {
            return RunId.TryParse(text[prefix.Length..], out var run) && await FindAsync(run, context.RequestAborted) is { } manifest
                && (caller.IsAdministrator || manifest.Caller == caller.Name)
                ? (manifest, null)
                : (null, ApiErrors.RunNotFound(text));
        }
        catch (StorageException exception)
        {
            return (null, Unavailable(caller, exception));
        }
    }

    /// <summary>The exception's message is for an administrator: it names the database.</summary>
    public static ApiError Unavailable(Caller caller, StorageException exception) =>
        caller.IsAdministrator ? AdminErrors.Unavailable(exception.Message) : ApiErrors.Unavailable;

    // The engine knows only this process's recent runs; the usage records have every run that has ended.
    private async Task<RunManifest?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        await engine.FindManifestAsync(run, cancellationToken) ?? await usage.FindManifestAsync(run, cancellationToken);
}
