using Ensemble.Catalog;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Gates;

namespace Ensemble.Frontend.Admin;

/// <summary><c>GET /admin/gates</c>: how the limits of every model stand, and of every ensemble and key that has any.</summary>
internal sealed class GatesEndpoint(ICatalog catalog, IGate gates)
{
    public async Task ListAsync(HttpContext context)
    {
        var (page, error) = NamePage.Read(context.Request.Query);
        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
            return;
        }

        var (limit, after) = page;
        var rest = Keys(catalog.Current)
            .Where(key => after is null || string.CompareOrdinal(key.ToString(), after) > 0)
            .OrderBy(key => key.ToString(), StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        var statuses = await Task.WhenAll(rest.Take(limit).Select(key => gates.StatusAsync(key, context.RequestAborted).AsTask()));
        context.Response.Headers.CacheControl = "no-store";
        await JsonResponse.WriteAsync(
            context.Response,
            new GateList(statuses.Select(static status => new GateView(status)), HasMore: rest.Count > limit),
            AdminJson.Default.GateList);
    }

    private static IEnumerable<GateKey> Keys(CatalogSnapshot catalog) => catalog.Models.Keys.Select(GateKey.Model)
        .Concat(catalog.Ensembles.Values.Where(ensemble => ensemble.RateLimit is not null).Select(
            ensemble => GateKey.Alias(ensemble.DisplayName)))
        .Concat(catalog.Keys.Where(key => key.RateLimit is not null).Select(key => GateKey.Caller(key.Name)));
}
