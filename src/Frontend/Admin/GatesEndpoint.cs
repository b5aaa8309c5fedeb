using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Gates;
using Ensemble.Runs;

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
        await JsonResponse.WriteAsync(context.Response, (Statuses: statuses, HasMore: rest.Count > limit), Write);
    }

    private static IEnumerable<GateKey> Keys(CatalogSnapshot catalog) => catalog.Models.Keys.Select(GateKey.Model)
        .Concat(catalog.Ensembles.Values.Where(ensemble => ensemble.RateLimit is not null).Select(
            ensemble => GateKey.Alias(ensemble.DisplayName)))
        .Concat(catalog.Keys.Where(key => key.RateLimit is not null).Select(key => GateKey.Caller(key.Name)));

    private static void Write(Utf8JsonWriter json, (GateStatus[] Statuses, bool HasMore) page)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var status in page.Statuses)
        {
            Write(json, status);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GateStatus status)
    {
        var rate = status.Limits.Rate;
        json.WriteStartObject();
        json.WriteString("gate"u8, status.Gate.ToString());
        WriteCount(json, "in_flight"u8, status.InFlight, rate?.Concurrency);
        WriteCount(json, "requests_this_minute"u8, status.RequestsThisMinute, rate?.Rpm);
        WriteCount(json, "tokens_this_minute"u8, status.TokensThisMinute, rate?.Tpm);
        WriteCount(json, "requests_this_day"u8, status.RequestsThisDay, rate?.Rpd);
        if (status.Gate.Kind == GateKind.Model)
        {
            json.WriteNumber("failures_in_a_row"u8, status.Failures);
            json.WriteString(
                "state"u8,
                status.CoolingDown switch { null => "in_use"u8, var left when left > TimeSpan.Zero => "cooling_down"u8, _ => "probing"u8 });
        }

        if (status.CoolingDown is { } wait)
        {
            json.WriteNumber("cooling_down_seconds"u8, Math.Round(wait.TotalSeconds, 3));
            json.WriteString("cooldown_cause"u8, SnakeCase.Of(status.CooldownCause!.Value));
        }

        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, ReadOnlySpan<byte> name, long count, long? limit)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count"u8, count);
        if (limit is { } most)
        {
            json.WriteNumber("limit"u8, most);
        }
        else
        {
            json.WriteNull("limit"u8);
        }

        json.WriteEndObject();
    }
}
