using System.Net;
using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>Reports and feedback where two silos execute the runs, and two frontends answer.</summary>
public sealed class ClusterReportTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private const int Runs = 24;

    [Fact]
    public async Task Report_OfRunsOnTwoSilos_HasEachOnceWithItsFeedbackAtBothFrontends()
    {
        await using var stub = await UpstreamStub.StartAsync();
        var cluster = await shared.StartedAsync();
        foreach (var (member, answer) in ((string, string)[])[("left", "7"), ("middle", "7"), ("right", "8")])
        {
            stub.Model($"vendor-{member}").Default = StubReply.Text(answer);
            await AddAsync(cluster, $$"""{"display_name":"{{member}}","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"vendor-{{member}}"}""");
        }

        await AddAsync(
            cluster,
            """{"display_name":"trio","ensemble":{"strategy":"vote","straggler_grace_ms":"all","panel":[{"model":"left"},{"model":"middle"},{"model":"right"}]}}""");
        const string Ask = """{"model":"trio","messages":[{"role":"user","content":"What is 3 + 4?"}]}""";
        await Eventually.TrueAsync(async () => (await cluster.Frontends[1].GetAsync("/v1/models/trio")).Status == HttpStatusCode.OK, Now.Cancel);

        var asked = await Task.WhenAll(Enumerable.Range(0, Runs).Select(run => cluster.Frontends[run % 2].PostAsync("/v1/chat/completions", Ask)));

        asked.ShouldAllBe(static answer => answer.Status == HttpStatusCode.OK);
        var id = JsonElement.Parse(asked[0].Body).GetProperty("id").GetString();
        await Eventually.TrueAsync(async () => await CountedAsync(cluster.Frontends[0]) == Runs, Now.Cancel);
        foreach (var frontend in cluster.Frontends)
        {
            var saved = await frontend.PostAsync($"/v1/runs/{id}/feedback", """{"correct":true}""");
            saved.Status.ShouldBe(HttpStatusCode.OK, saved.Body);
        }

        var reports = await Task.WhenAll(cluster.Frontends.Select(static frontend => ReportAsync(frontend)));
        foreach (var report in reports)
        {
            // The same caller through two frontends has said one thing.
            report.GetProperty("feedback").GetProperty("count").GetInt64().ShouldBe(1);
            report.GetProperty("runs").GetProperty("counted").GetInt64().ShouldBe(Runs);
            report.GetProperty("members").EnumerateArray().Sum(static member => member.GetProperty("asked").GetInt64()).ShouldBe(3 * Runs);
        }
    }

    private static async Task AddAsync(NodeCluster cluster, string entry)
    {
        var added = await cluster.Frontends[0].PostAsync("/admin/models", entry);
        added.Status.ShouldBe(HttpStatusCode.Created, added.Body);
    }

    private static async Task<long> CountedAsync(NodeProcess frontend) =>
        (await ReportAsync(frontend)).GetProperty("runs").GetProperty("counted").GetInt64();

    private static async Task<JsonElement> ReportAsync(NodeProcess frontend)
    {
        var (status, body) = await frontend.GetAsync("/admin/ensembles/trio/report");
        status.ShouldBe(HttpStatusCode.OK, body);
        return JsonElement.Parse(body);
    }
}
