using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Grains.Calls;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Grains.Models;

/// <summary>Has models probed by a silo: a frontend may have neither the way nor the keys to their providers.</summary>
internal sealed class ClusterProbe(IGrainFactory grains, ClusterCalls calls) : IModelProbe
{
    public async Task<IReadOnlyList<ProbeReport>> ProbeAsync(ReadOnlyMemory<byte> catalog, CancellationToken cancellationToken)
    {
        try
        {
            var reports = await calls.AskAsync(
                static asked => new ValueTask<byte[]>(asked.Grain.ProbeAsync(asked.Catalog, asked.Token)),
                (Grain: grains.GetGrain<IProbeGrain>(0), Catalog: catalog.ToArray(), Token: cancellationToken),
                cancellationToken);
            return ProbeReportJson.Read(reports);
        }
        catch (ClusterUnavailableException exception)
        {
            // What was written before the probe is written; only of its models nothing is known.
            var models = CatalogReader.Read(catalog, revision: 0, secrets: null, CatalogOrigin.Store).Snapshot?.Models.Keys ?? [];
            return [.. models.Order(StringComparer.Ordinal).Select(model => new ProbeReport
            {
                Model = model,
                Outcome = CallOutcome.TransportError,
                Total = ClusterCalls.RetryTimeout,
                Error = $"No silo has made the probe. {exception.Message}",
            })];
        }
    }
}
