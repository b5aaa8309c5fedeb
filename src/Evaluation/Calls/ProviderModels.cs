using System.Diagnostics.Metrics;
using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Catalog.Serving;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Providers.Anthropic;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Providers.Simulated;
using Ensemble.Storage.Memory;
using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Evaluation.Calls;

/// <summary>What asks the providers, with the gates, attempts and dialects of a node.</summary>
internal sealed class ProviderModels : IAsyncDisposable
{
    private readonly UpstreamHttp _http;
    private readonly GateAgent _gates;
    private readonly Meter _meter = new(EnsembleTelemetry.Name);

    public ProviderModels(CatalogSnapshot snapshot, ISecrets secrets, UpstreamNetwork network, TimeProvider time, int seed)
    {
        var catalog = new StaticCatalog(snapshot);
        _http = new UpstreamHttp(network: network);
        _gates = new GateAgent(
            new ProcessGates(catalog, new InMemoryGateStore(), time), catalog, time, new GateInstruments(_meter), NullLogger<GateAgent>.Instance);
        var openAi = new OpenAiUpstream(_http, secrets, time, NullLogger<OpenAiUpstream>.Instance);
        Caller = new ModelCaller(
            new Dictionary<ProviderKind, IUpstream>
            {
                [ProviderKind.OpenAi] = openAi,
                [ProviderKind.AzureOpenAi] = openAi,
                [ProviderKind.Anthropic] = new AnthropicUpstream(_http, secrets, time, NullLogger<AnthropicUpstream>.Instance),
                [ProviderKind.Simulated] = new SimulatedUpstream(time),
            },
            _gates,
            time,
            new Random(seed));
    }

    public IModelCaller Caller { get; }

    public async ValueTask DisposeAsync()
    {
        await _gates.DisposeAsync();
        _http.Dispose();
        _meter.Dispose();
    }
}
