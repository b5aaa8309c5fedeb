using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Gates;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Hosting;
using Ensemble.Grains.Streams;
using Ensemble.Grains.Usage;
using Ensemble.Runs;
using Ensemble.Silo.Hosting;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>
/// Three silos and two frontends in one process, which talk to each other as if they were apart, the first over its stream, the second by pulling: one ensemble <c>council</c> of <c>quokka</c>,
/// <c>numbat</c> and <c>wombat</c>, judged by <c>bilby</c>, all models of one strict stub.
/// </summary>
internal sealed class ClusterBench : IAsyncDisposable
{
    public const string Ask = """{"model":"council","messages":[{"role":"user","content":"The capital of France?"}]}""";

    public const string AskStreamed = """{"model":"council","stream":true,"messages":[{"role":"user","content":"The capital of France?"}]}""";

    private static readonly SecretSealer Sealer = SecretSealer.TryCreate(new string('7', 64), out var sealer) ? sealer : throw new InvalidOperationException();

    private static readonly string[] Members = ["quokka", "numbat", "wombat"];

    private ClusterBench(UpstreamStub stub, TestCatalog catalog, InProcessTestCluster cluster, RecordedUsage usage)
    {
        Stub = stub;
        Catalog = catalog;
        Cluster = cluster;
        Usage = usage;
    }

    public UpstreamStub Stub { get; }

    public TestCatalog Catalog { get; }

    public InProcessTestCluster Cluster { get; }

    public RecordedUsage Usage { get; }

    public required IRunStore RunStore { get; init; }

    public IReadOnlyList<FrontendNode> Frontends { get; private set; } = [];

    /// <param name="model">Changes each model.</param>
    /// <param name="shape">Changes the ensemble.</param>
    /// <param name="more">Adds keys, models, ensembles.</param>
    /// <param name="observe">Puts something between the streaming frontend and its stream.</param>
    /// <param name="silos">Adds to each silo.</param>
    public static async Task<ClusterBench> StartAsync(
        Func<ModelConfig, ModelConfig>? model = null,
        Func<EnsembleConfig, EnsembleConfig>? shape = null,
        Action<CatalogBuilder>? more = null,
        Func<IAsyncObserver<AnswerBatch>, IAsyncObserver<AnswerBatch>>? observe = null,
        Action<ISiloBuilder>? silos = null)
    {
        var stub = await UpstreamStub.StartAsync();
        var catalog = new TestCatalog(Snapshot(stub, 1, model, shape, more));
        var (gates, runs, usage) = (new InMemoryGateStore(), new InMemoryRunStore(), new RecordedUsage());
        var panels = new InMemoryPanelStore();
        var options = new FrontendOptions { Sealer = Sealer, StoresAnswers = true };
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 3);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<ICatalog>(catalog);
            silo.Services.AddSingleton<IGateStore>(gates);
            silo.Services.AddSingleton<IRunStore>(runs);
            silo.Services.AddSingleton<IUsageSink>(provider => new CompositeUsageSink(usage, provider.GetRequiredKeyedService<IUsageSink>(UsageFeed.SinkName)));
            silo.Services.AddSingleton<IPanelStore>(panels);
            silo.Services.AddSingleton<IUsageStore>(new InMemoryUsageStore());
            silo.Services.AddSingleton<ISecrets>(new SecretResolver(TimeProvider.System));
            silo.Services.AddSingleton(options);
            silo.Services.AddEnsembleModels(options);
            silo.AddEnsembleGrains();
            silos?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.AddPushStreams());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var bench = new ClusterBench(stub, catalog, cluster, usage) { RunStore = runs };
        bench.Frontends =
        [
            await FrontendNode.StartAsync(cluster.Client, catalog, runs, panels, options, AnswerTransport.Stream, observe),
            await FrontendNode.StartAsync(cluster.Client, catalog, runs, panels, options, AnswerTransport.Pull),
        ];
        return bench;
    }

    /// <summary>The end of the first frontend's stream.</summary>
    public AnswerStream Answers => Frontends[0].Services.GetRequiredService<AnswerStream>();

    /// <summary>Watches at a frontend; returns when every silo knows of it.</summary>
    public async Task<LiveUsage> WatchAsync(FrontendNode frontend, string query = "")
    {
        var live = await LiveUsage.OpenAsync(frontend.Http, query);
        var listener = frontend.Services.GetServices<IHostedService>().OfType<UsageListener>().Single();
        var silos = Cluster.Silos
            .Select(silo => Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<UsagePublisher>()).ToList();
        await Eventually.TrueAsync(() => listener.Leased is { } stream && silos.TrueForAll(silo => silo.PublishesTo(stream)), Now.Cancel);

        return live;
    }

    public static CatalogSnapshot Snapshot(
        UpstreamStub stub,
        long revision,
        Func<ModelConfig, ModelConfig>? model = null,
        Func<EnsembleConfig, EnsembleConfig>? shape = null,
        Action<CatalogBuilder>? more = null)
    {
        var builder = new CatalogBuilder();
        foreach (var alias in (string[])[.. Members, "bilby", "solo"])
        {
            var config = TestModels.OpenAi(alias, stub.BaseUrl, stub.Model($"vendor-{alias}").Answers(alias == "bilby" ? "It is Paris." : "Paris.").Name);
            builder.Add(model?.Invoke(config) ?? config);
        }

        var council = TestEnsembles.Of("council", Members, "bilby") with { StragglerGrace = StragglerGrace.All };
        builder.Add(shape?.Invoke(council) ?? council);
        more?.Invoke(builder);
        return builder.Build(revision);
    }

    public StubModel Model(string alias) => Stub.Model($"vendor-{alias}");

    public async ValueTask DisposeAsync()
    {
        foreach (var frontend in Frontends)
        {
            await frontend.DisposeAsync();
        }

        await Cluster.DisposeAsync();
        await Stub.DisposeAsync();
    }
}
