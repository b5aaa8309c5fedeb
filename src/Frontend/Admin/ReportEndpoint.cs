using Ensemble.Catalog;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Reports;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary><c>GET /admin/ensembles/{name}/report</c>: what live traffic says of an ensemble and its members.</summary>
internal sealed class ReportEndpoint(ICatalog catalog, IReportStore reports, TimeProvider time)
{
    private static readonly string[] Parameters = ["from", "to"];

    /// <summary>A day says little of an ensemble.</summary>
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);

    public Task FindAsync(HttpContext context) => LedgerQuery.AnswerAsync(context, Parameters, time.GetUtcNow(), async query =>
    {
        var range = query.Range(length: DefaultRange);
        if (query.Error is { } error)
        {
            return error;
        }

        // A server leaves an escaped slash in a path as it is.
        var name = (context.GetRouteValue("name") as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (catalog.Current.Models.ContainsKey(name))
        {
            return AdminErrors.NoEnsemble(name);
        }

        var isLong = range.To.ToUnixTimeMilliseconds() - range.From.ToUnixTimeMilliseconds() > UsageTime.Precise;
        var unit = isLong ? UsageDimension.Day : UsageDimension.Hour;
        var counts = await reports.ReadAsync(name, range.From, range.To, unit, context.RequestAborted);

        // One that is not in the catalog any longer may still have runs.
        if (counts.Totals is [] && !catalog.Current.Ensembles.ContainsKey(name))
        {
            return AdminErrors.NotFound(CatalogEntryKind.Model, name);
        }

        var report = ReportBuilder.Build(name, range.From, range.To, unit, counts);
        await JsonResponse.WriteAsync(context.Response, report, AdminJson.Default.PanelReport);
        return null;
    });
}
