using Ensemble.Catalog;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>
/// A gateway with one ensemble, <c>council</c>: three members and a judge, and the direct model <c>solo</c>. All of them are
/// models of one strict stub, under names that must never reach a caller.
/// </summary>
internal sealed class Council : IAsyncDisposable
{
    public const string Ask = """{"model":"council","messages":[{"role":"user","content":"The capital of France?"}]}""";

    public const string AskStreamed = """{"model":"council","stream":true,"messages":[{"role":"user","content":"The capital of France?"}]}""";

    public const string AskSolo = """{"model":"solo","messages":[{"role":"user","content":"The capital of France?"}]}""";

    public const string AskSoloStreamed = """{"model":"solo","stream":true,"messages":[{"role":"user","content":"The capital of France?"}]}""";

    public static readonly IReadOnlyList<string> Members = ["quokka", "numbat", "wombat"];

    public const string Judge = "bilby";

    public const string SecondJudge = "potoroo";

    public const string Solo = "vendor-solo";

    private static readonly string[] Hidden = [.. Members, Judge, SecondJudge, "vendor-", "stub", "127.0.0.1"];

    private Council(UpstreamStub stub, TestCatalog catalog, Gateway gateway, ManualTimeProvider? clock)
    {
        Stub = stub;
        Catalog = catalog;
        Gateway = gateway;
        ManualClock = clock;
    }

    public UpstreamStub Stub { get; }

    public TestCatalog Catalog { get; }

    public Gateway Gateway { get; }

    public ManualTimeProvider Clock => ManualClock ?? throw new InvalidOperationException("This council runs on the system's clock.");

    private ManualTimeProvider? ManualClock { get; }

    /// <param name="shape">Changes the ensemble.</param>
    /// <param name="model">Changes each model.</param>
    /// <param name="more">Adds keys, models, ensembles.</param>
    public static async Task<Council> StartAsync(
        bool manualClock = false,
        Func<EnsembleConfig, EnsembleConfig>? shape = null,
        Func<ModelConfig, ModelConfig>? model = null,
        Action<CatalogBuilder>? more = null,
        StubOptions? stubOptions = null,
        Action<IServiceCollection>? configure = null,
        params string[] args)
    {
        var stub = await UpstreamStub.StartAsync(stubOptions);
        var clock = manualClock ? new ManualTimeProvider() : null;
        var catalog = new TestCatalog(Snapshot(stub, shape, model, more, 1));
        return new Council(stub, catalog, await Gateway.StartAsync(catalog, clock, configure, args), clock);
    }

    public static CatalogSnapshot Snapshot(
        UpstreamStub stub,
        Func<EnsembleConfig, EnsembleConfig>? shape,
        Func<ModelConfig, ModelConfig>? model,
        Action<CatalogBuilder>? more,
        long revision)
    {
        var builder = new CatalogBuilder();
        foreach (var alias in Members)
        {
            builder.Add(Of(alias, "Paris."));
        }

        builder.Add(Of(Judge, "It is Paris."), Of(SecondJudge, "Paris, it is."), Of("solo", "Paris, I think."));
        var council = TestEnsembles.Of("council", Members, Judge) with { StragglerGrace = StragglerGrace.All };
        builder.Add(shape?.Invoke(council) ?? council);
        more?.Invoke(builder);
        return builder.Build(revision);

        ModelConfig Of(string alias, string answer)
        {
            // Tests make a model fail as often as they like; those about cooldowns say so.
            var config = TestModels.OpenAi(alias, stub.BaseUrl, stub.Model($"vendor-{alias}").Answers(answer).Name) with
            {
                Cooldown = new CooldownConfig { AfterFailures = int.MaxValue },
            };
            return model?.Invoke(config) ?? config;
        }
    }

    /// <summary>The stubbed model behind an alias.</summary>
    public StubModel Model(string alias) => Stub.Model($"vendor-{alias}");

    public Council AllMembers(StubReply reply)
    {
        foreach (var member in Members)
        {
            Model(member).Default = reply;
        }

        return this;
    }

    public async Task<StubRequest> RequestAsync(string alias, int count = 1) =>
        (await Stub.WaitForRequestsAsync($"vendor-{alias}", count, Now.Cancel))[count - 1];

    /// <summary>No name of a member, a judge or a provider, and no address of one.</summary>
    public static void ShouldNameNobody(string text)
    {
        foreach (var name in Hidden)
        {
            text.ShouldNotContain(name, Case.Insensitive);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stub.DisposeAsync();
    }
}
