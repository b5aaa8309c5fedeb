using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenAI.Chat;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>Nodes of role <c>all</c> that are one cluster: each has the frontend beside its silo.</summary>
public sealed class JoinedNodeTests
{
    private const string Ask = """{"model":"solo","messages":[{"role":"user","content":"The capital of France?"}]}""";

    [Fact]
    public async Task Ask_TwoNodes_EachAnswersTheOfficialSdkWholeAndStreamed()
    {
        await using var pair = await NodePair.StartAsync();
        foreach (var node in pair.Nodes)
        {
            var whole = (await NodeCluster.Sdk(node, "council").CompleteChatAsync([new UserChatMessage("What is 17 * 23?")], cancellationToken: Now.Cancel)).Value;
            whole.Content[0].Text.ShouldContain("391");

            var (text, updates) = ("", 0);
            await foreach (var update in NodeCluster.Sdk(node, "council").CompleteChatStreamingAsync([new UserChatMessage("What is 17 * 23?")], cancellationToken: Now.Cancel))
            {
                (text, updates) = (text + string.Concat(update.ContentUpdate.Select(part => part.Text)), updates + 1);
            }

            text.ShouldContain("391");
            updates.ShouldBeGreaterThan(1);
            (await node.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        }

        await pair.Nodes[0].TerminateAsync();
        (await pair.Nodes[0].WaitForExitAsync()).ShouldBe(0);
        (await pair.Nodes[1].PostAsync("/v1/chat/completions", """{"model":"council","messages":[{"role":"user","content":"What is 17 * 23?"}]}""")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Limit_OfAModel_HoldsOverBothNodes()
    {
        await using var stub = await UpstreamStub.StartAsync();
        await using var pair = await NodePair.StartAsync();
        await pair.AddModelAsync(stub, rpm: 20);
        stub.Model("vendor-solo").Default = StubReply.Text("Paris.");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(index => pair.Nodes[index % 2].PostAsync("/v1/chat/completions", Ask)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(20);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).ShouldBe(40);
        stub.RequestsFor("vendor-solo").Count.ShouldBe(20);
    }

    [Fact]
    public async Task Kill_OneOfTwoNodes_ItsCallersAreLostAndTheOtherGoesOnWithinTheLimit()
    {
        const int Rpm = 6;
        await using var stub = await UpstreamStub.StartAsync();
        await using var pair = await NodePair.StartAsync();
        await pair.AddModelAsync(stub, Rpm);
        var gate = new TaskCompletionSource();
        stub.Model("vendor-solo").Default = StubReply.Gated(gate.Task, StubReply.Text("Paris."));
        var asking = Enumerable.Range(0, 4).Select(index => pair.Nodes[index % 2].PostAsync("/v1/chat/completions", Ask)).ToList();
        await stub.WaitForRequestsAsync("vendor-solo", asking.Count, Now.Cancel);
        await pair.WaitForSavedAsync("model:solo", calls: 4);

        await pair.Nodes[0].KillAsync();
        gate.SetResult();

        foreach (var (answer, index) in asking.Select((answer, index) => (answer, index)))
        {
            if (index % 2 == 0)
            {
                await Should.ThrowAsync<HttpRequestException>(answer);
            }
            else
            {
                (await answer).Status.ShouldBe(HttpStatusCode.OK);
            }
        }

        // The gate may have to move first: those are answered who wait for that.
        var later = await Task.WhenAll(Enumerable.Range(0, 2 * Rpm).Select(_ => pair.Nodes[1].PostAsync("/v1/chat/completions", Ask)));
        later.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.TooManyRequests);
        stub.RequestsFor("vendor-solo").Count.ShouldBeInRange(asking.Count + 1, Rpm);
    }

    [Fact]
    public async Task Run_OfANode_IsHeldByThatNodeAndReadThroughTheOther()
    {
        await using var stub = await UpstreamStub.StartAsync();
        var database = await ClusterDatabase.CreateAsync();
        await using var first = await StartHostedAsync(database);
        await using var second = await StartHostedAsync(database);
        using var model = new StringContent(ModelJson(stub, rpm: 100), Encoding.UTF8, "application/json");
        (await first.Http.PostAsync("/admin/models", model, Now.Cancel)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await Eventually.TrueAsync(
            async () => (await second.Http.GetStringAsync("/v1/models", Now.Cancel)).Contains("solo", StringComparison.Ordinal),
            Now.Cancel);

        var gate = new TaskCompletionSource();
        stub.Model("vendor-solo").Default = StubReply.Gated(gate.Task, StubReply.Text("Paris."));
        var own = AskAsync(first, "one");
        await stub.WaitForRequestsAsync("vendor-solo", 1, Now.Cancel);
        var others = Enumerable.Range(0, 5).Select(index => AskAsync(second, $"other-{index}")).ToList();
        await stub.WaitForRequestsAsync("vendor-solo", 6, Now.Cancel);
        var (held, heldByTheOther) = (Runs(first).InFlight, Runs(second).InFlight);

        // The same request, at the other node: its answer comes from where the run is.
        var repeated = AskAsync(second, "one");
        gate.SetResult();
        var answers = await Task.WhenAll([own, repeated, .. others]);
        var ids = answers.Select(static answer => JsonElement.Parse(answer).GetProperty("id").GetString()).ToList();

        (held, heldByTheOther).ShouldBe((1, 5));
        answers.ShouldAllBe(static answer => answer.Contains("Paris."));
        ids[1].ShouldBe(ids[0]);
        stub.RequestsFor("vendor-solo").Count.ShouldBe(6);
    }

    private static RunHost Runs(HostedNode node) => node.Services.GetRequiredService<RunHost>();

    private static async Task<string> AskAsync(HostedNode node, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Ask, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await node.Http.SendAsync(request, Now.Cancel);
        var body = await response.Content.ReadAsStringAsync(Now.Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return body;
    }

    private static Task<HostedNode> StartHostedAsync(ClusterDatabase database)
    {
        var ports = NodeProcess.FreePorts();
        return HostedNode.StartAsync(
            "--Cluster:ConnectionString", database.Connection, "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1], "--Management:Url", "none");
    }

    private static string ModelJson(UpstreamStub stub, int rpm) =>
        $$"""{"display_name":"solo","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"vendor-solo","rate_limit":{ "rpm":{{rpm}} } }""";

    private sealed class NodePair(string connection, IReadOnlyList<NodeProcess> nodes) : IAsyncDisposable
    {
        public IReadOnlyList<NodeProcess> Nodes => nodes;

        public static async Task<NodePair> StartAsync()
        {
            var database = await ClusterDatabase.CreateAsync();
            var connection = await database.AddNodeRoleAsync();
            return new NodePair(connection, await Task.WhenAll(NodeProcess.StartAllAsync(connection), NodeProcess.StartAllAsync(connection)));
        }

        /// <summary>Adds <c>solo</c> through the first node, and returns when the second knows of it.</summary>
        public async Task AddModelAsync(UpstreamStub stub, int rpm)
        {
            (await nodes[0].PostAsync("/admin/models", ModelJson(stub, rpm))).Status.ShouldBe(HttpStatusCode.Created);
            await Eventually.TrueAsync(
                async () => (await nodes[1].GetAsync("/v1/models")).Body.Contains("solo", StringComparison.Ordinal), Now.Cancel);
        }

        /// <summary>Returns when the gate has counted so many calls, and has been saved since.</summary>
        public async Task WaitForSavedAsync(string gate, int calls)
        {
            await Eventually.TrueAsync(async () => await CallsAsync(gate) >= calls, Now.Cancel);

            // A save that began before may hold less: the next one begins after the first is written.
            await using var database = NpgsqlDataSource.Create(connection);
            await using var read = database.CreateCommand("SELECT saved_at FROM gates WHERE gate = @gate");
            read.Parameters.AddWithValue("gate", gate);
            var counted = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await Eventually.TrueAsync(
                async () => await read.ExecuteScalarAsync(Now.Cancel) is long savedAt && savedAt > counted, Now.Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        private async Task<int> CallsAsync(string gate) => JsonElement.Parse((await nodes[1].GetAsync("/admin/gates?limit=100")).Body).GetProperty("data").EnumerateArray()
            .Single(status => status.GetProperty("gate").GetString() == gate).GetProperty("requests_this_minute").GetProperty("count").GetInt32();
    }
}
