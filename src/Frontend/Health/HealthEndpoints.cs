using Ensemble.Catalog;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Options;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Health;

/// <summary>Probes: liveness looks at this process alone; readiness says whether it takes new runs, and if not, why.</summary>
internal sealed class HealthEndpoints(
    ICatalog catalog, IRunsInFlight engine, Drain drain, FrontendOptions options, UsageLedger ledger, IEnsembleStorage? storage = null,
    IClusterReachability? silos = null)
{
    public static Task LiveAsync(HttpContext context) =>
        JsonResponse.WriteAsync(context.Response, new Liveness("live"), HealthJson.Default.Liveness);

    public Task ReadyAsync(HttpContext context)
    {
        var problem = storage?.Problem;
        var isReached = silos?.IsReachable ?? true;
        var isReady = !drain.IsDraining && problem is null && isReached;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var readiness = new Readiness(
            isReady ? "ready" : drain.IsDraining ? "draining" : isReached ? "database_lost" : "no_silo",
            new CatalogState(catalog.Current.Revision, catalog.Problem),
            new RunsState(engine.InFlight, options.MaxRuns),
            new DatabaseState(problem),
            LedgerState.Of(ledger));
        return JsonResponse.WriteAsync(context.Response, readiness, HealthJson.Default.Readiness);
    }
}
