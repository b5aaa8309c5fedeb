using System.Text;
using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Gates;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>A silo that is gone without a word.</summary>
public sealed class LostSiloTests
{
    [Theory]
    [InlineData(0, "quokka", false)]
    [InlineData(0, "bilby", true)]
    [InlineData(1, "bilby", false)]
    public async Task Kill_SiloOfARunThatHasShownNothing_TheCallerIsAnswered(int frontend, string waitsFor, bool streamed)
    {
        await using var bench = await ClusterBench.StartAsync();
        var model = bench.Model(waitsFor);
        model.Enqueue(StubReply.Hang());
        var asking = bench.Frontends[frontend].ChatAsync(streamed ? ClusterBench.AskStreamed : ClusterBench.Ask);
        await bench.Stub.WaitForRequestsAsync($"vendor-{waitsFor}", 1, Now.Cancel);

        await KillAsync(bench);

        var (status, body, _) = await asking;
        (status, body.Contains("Paris", StringComparison.Ordinal)).ShouldBe((200, true), body);
        bench.Stub.Requests.Count(request => request.Model == $"vendor-{waitsFor}").ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Kill_SiloInMidAnswerOfAStream_TheAnswerEndsWithAnErrorThatNamesTheRun(int frontend)
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("bilby").Enqueue(StubReply.Stream(StubStep.Delta("It is "), StubStep.Stall()));
        using var content = new StringContent(ClusterBench.AskStreamed);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = content };
        using var response = await bench.Frontends[frontend].Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now.Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Now.Cancel));
        var lines = new List<string>();
        while (!lines.Exists(line => line.Contains("It is", StringComparison.Ordinal)))
        {
            lines.Add((await reader.ReadLineAsync(Now.Cancel))!);
        }

        await KillAsync(bench);

        var rest = await ReadRestAsync(reader);
        rest.ShouldContain("\"run_interrupted\"");
        rest.ShouldContain(response.Headers.GetValues("x-ensemble-run-id").Single());
        rest.ShouldNotContain("[DONE]");
        bench.Stub.Requests.Count.ShouldBe(4, "what was shown cannot be taken back, so that nothing is asked again");
    }

    [Fact]
    public async Task Kill_SiloOfAGate_TheNextAskIsAnswered()
    {
        await using var bench = await ClusterBench.StartAsync(model => model with { RateLimit = new RateLimitConfig { Concurrency = 2 } });
        (await bench.Frontends[1].ChatAsync(ClusterBench.Ask)).Status.ShouldBe(200);
        var gate = await bench.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(bench.Cluster.Client.GetGrain<IModelCallGrain>("bilby"));

        await bench.Cluster.KillSiloAsync(bench.Cluster.GetSiloForAddress(gate!)!);

        var (status, body, _) = await bench.Frontends[1].ChatAsync(ClusterBench.Ask);
        (status, body.Contains("Paris", StringComparison.Ordinal)).ShouldBe((200, true), body);
    }

    private static Task KillAsync(ClusterBench bench) => bench.Cluster.KillSiloAsync(bench.Cluster.Silos.Single(silo =>
        bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>().InFlight == 1));

    // An answer that is broken off ends its connection.
    private static async Task<string> ReadRestAsync(StreamReader reader)
    {
        var rest = new StringBuilder();
        try
        {
            while (await reader.ReadLineAsync(Now.Cancel) is { } line)
            {
                rest.AppendLine(line);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpIOException)
        {
        }

        return rest.ToString();
    }
}
