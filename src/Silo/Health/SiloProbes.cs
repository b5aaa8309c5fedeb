using Ensemble.Execution;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Http;
using Ensemble.Usage;

namespace Ensemble.Silo.Health;

/// <summary>Probes of a silo: liveness looks at this process alone; readiness says whether the cluster counts on it.</summary>
internal sealed class SiloProbes(
    ISiloStatusOracle oracle, RunHost runs, UsageLedger ledger, [FromKeyedServices(nameof(RunHost))] Drain drain)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/livez", HealthEndpoints.LiveAsync);
        app.MapGet("/readyz", ReadyAsync);
    }

    private Task ReadyAsync(HttpContext context)
    {
        var membership = oracle.CurrentStatus;
        var isReady = membership == SiloStatus.Active && !drain.IsDraining;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var readiness = new SiloReadiness(
            isReady ? "ready" : drain.IsDraining ? "draining" : "joining", membership.ToString(), runs.InFlight, LedgerState.Of(ledger));
        return JsonResponse.WriteAsync(context.Response, readiness, HealthJson.Default.SiloReadiness);
    }
}
