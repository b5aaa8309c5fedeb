using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Health;

/// <summary>Probes: liveness looks at this process alone; readiness says whether it takes new runs, and if not, why.</summary>
internal sealed class HealthEndpoints(
    ICatalog catalog, IRunsInFlight engine, Drain drain, FrontendOptions options, UsageLedger ledger, IEnsembleStorage? storage = null,
    IClusterReachability? silos = null)
{
    public static Task LiveAsync(HttpContext context) => JsonResponse.WriteAsync(context.Response, "live", static (json, status) =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, status);
        json.WriteEndObject();
    });

    public Task ReadyAsync(HttpContext context)
    {
        var problem = storage?.Problem;
        var isReached = silos?.IsReachable ?? true;
        var isReady = !drain.IsDraining && problem is null && isReached;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonResponse.WriteAsync(
            context.Response, isReady ? "ready" : drain.IsDraining ? "draining" : isReached ? "database_lost" : "no_silo", (json, status) =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, status);
            json.WriteStartObject("catalog"u8);
            json.WriteNumber("revision"u8, catalog.Current.Revision);
            json.WriteString("problem"u8, catalog.Problem);
            json.WriteEndObject();
            json.WriteStartObject("runs"u8);
            json.WriteNumber("in_flight"u8, engine.InFlight);
            json.WriteNumber("max"u8, options.MaxRuns);
            json.WriteEndObject();
            json.WriteStartObject("database"u8);
            json.WriteString("problem"u8, problem);
            json.WriteEndObject();
            WriteLedger(json, ledger);
            json.WriteEndObject();
        });
    }

    /// <summary>How much waits to be written to the accounts, and how much is lost to them.</summary>
    public static void WriteLedger(Utf8JsonWriter json, UsageLedger ledger)
    {
        json.WriteStartObject("ledger"u8);
        json.WriteNumber("queued_bytes"u8, ledger.QueuedBytes);
        json.WriteNumber("capacity_bytes"u8, ledger.Capacity);
        json.WriteNumber("dropped"u8, ledger.Dropped);
        json.WriteNumber("unconfirmed"u8, ledger.Unconfirmed);
        json.WriteEndObject();
    }
}
