using System.Text;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Models;
using Ensemble.Models;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Models;

/// <summary>Probes of a frontend are made by silos.</summary>
public sealed class ClusterProbeTests
{
    [Fact]
    public async Task Probe_OfAFrontend_IsMadeByASilo()
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        bench.Model("wombat").Default = StubReply.Error(401, "invalid_api_key", "No.");

        var probe = bench.Frontends[0].Services.GetRequiredService<IModelProbe>();
        var reports = await probe.ProbeAsync(Catalog(bench, "quokka", "wombat"), Now.Cancel);

        reports.Select(report => (report.Model, report.Works, report.Outcome)).ShouldBe(
            [("quokka", true, CallOutcome.Ok), ("wombat", false, CallOutcome.AuthenticationFailed)]);
        log.Calls.Count(call => call.Method.Name == nameof(IProbeGrain.ProbeAsync)).ShouldBe(1);
    }

    [Fact]
    public async Task Probe_CallerLeaves_EndsAtTheProviderToo()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("quokka").Default = StubReply.Hang();
        using var leave = new CancellationTokenSource();
        var probing = bench.Frontends[1].Services.GetRequiredService<IModelProbe>().ProbeAsync(Catalog(bench, "quokka"), leave.Token);
        var request = (await bench.Stub.WaitForRequestsAsync(bench.Model("quokka").Name, 1, Now.Cancel))[0];

        await leave.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => probing);
        await request.Aborted.WaitAsync(Now.Cancel);
    }

    private static byte[] Catalog(ClusterBench bench, params string[] aliases) => Encoding.UTF8.GetBytes(
        $$"""{"models":[{{string.Join(',', aliases.Select(alias =>
            $$"""{"display_name":"{{alias}}","provider":"openai","base_url":"{{bench.Stub.BaseUrl}}","model":"{{bench.Model(alias).Name}}"}"""))}}]}""");
}
