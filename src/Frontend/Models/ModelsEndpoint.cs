using Ensemble.Catalog;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Models;

/// <summary><c>GET /v1/models</c>: what a caller may name in a chat request.</summary>
internal sealed class ModelsEndpoint(ICatalog catalog, TimeProvider time)
{
    private const string Owner = "ensemble";

    // OpenAI's shape wants a date; a catalog has none for its entries.
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    public Task ListAsync(HttpContext context)
    {
        var aliases = Aliases(catalog.Current).Where(Caller.Of(context).MayUse).Order(StringComparer.Ordinal);
        return JsonResponse.WriteAsync(context.Response, new ModelList(aliases.Select(View)), ModelsJson.Default.ModelList);
    }

    public Task FindAsync(HttpContext context)
    {
        // A server leaves an escaped slash in a path as it is; SDKs escape those of an alias.
        var id = (context.GetRouteValue("id") as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return Caller.Of(context).MayUse(id) && Aliases(catalog.Current).Contains(id)
            ? JsonResponse.WriteAsync(context.Response, View(id), ModelsJson.Default.ModelView)
            : ApiErrorWriter.WriteAsync(context, ApiErrors.ModelNotFound(id));
    }

    private static IEnumerable<string> Aliases(CatalogSnapshot snapshot) => snapshot.Ensembles.Keys
        .Concat(snapshot.Models.Values.Where(model => model.Kind == ModelKind.Chat).Select(model => model.DisplayName));

    private ModelView View(string alias) => new(alias, "model", _created, Owner);
}
