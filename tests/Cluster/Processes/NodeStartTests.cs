using System.Net;
using Ensemble.Cluster.Tests.Support;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>What a node needs to start, and what it says where that is missing.</summary>
public sealed class NodeStartTests
{
    [Fact]
    public async Task Start_RoleAll_AnswersWithoutADatabaseAndEndsWith0()
    {
        var ports = NodeProcess.FreePorts();
        await using var node = await NodeProcess.StartAsync(null, "--Storage:Provider", "memory", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]);

        var (status, body) = await node.PostAsync("/v1/chat/completions", """{"model":"council","messages":[{"role":"user","content":"What is 17 * 23?"}]}""");
        var (code, errors) = await NodeProcess.FailAsync(null, "--Storage:Provider", "memory", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]);
        await node.TerminateAsync();

        status.ShouldBe(HttpStatusCode.OK, body);
        code.ShouldBe(1);
        errors.ShouldStartWith($"option Cluster:SiloPort: cannot listen on 127.0.0.1 port {ports[0]}");
        (await node.WaitForExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Start_TwoOfRoleAllWithoutPorts_BothAnswer()
    {
        await using var one = await NodeProcess.StartAsync(null, "--Storage:Provider", "memory");
        await using var two = await NodeProcess.StartAsync(null, "--Storage:Provider", "memory");

        foreach (var node in (NodeProcess[])[one, two])
        {
            var (status, body) = await node.PostAsync("/v1/chat/completions", """{"model":"council","messages":[{"role":"user","content":"What is 17 * 23?"}]}""");
            status.ShouldBe(HttpStatusCode.OK, body);
        }
    }

    [Fact]
    public async Task Start_SiloWithDataRightsAlone_IsReady()
    {
        var database = await ClusterDatabase.CreateAsync();
        await using var silo = await NodeProcess.StartSiloAsync(await database.AddNodeRoleAsync());

        (await silo.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        await silo.TerminateAsync();
        (await silo.WaitForExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Start_WithoutTables_SaysWhatMakesThem()
    {
        var database = await ClusterDatabase.CreateAsync(withTables: false);

        var (code, errors) = await NodeProcess.FailAsync(database.Connection, "--role", "silo");

        code.ShouldBe(1);
        errors.ShouldBe(
            "The database of Cluster:ConnectionString has no tables of the cluster's members. Make them once, as a user who may create tables: ensemble-silo schema\n");
    }

    [Fact]
    public async Task SchemaWait_WithTables_EndsWith0()
    {
        var database = await ClusterDatabase.CreateAsync();

        (await NodeProcess.FailAsync(await database.AddNodeRoleAsync(), "schema", "wait")).ShouldBe((0, ""));
    }

    [Fact]
    public async Task Start_FrontendBeforeTheSilo_WaitsForIt()
    {
        var database = await ClusterDatabase.CreateAsync();
        var warned = new TaskCompletionSource();
        var starting = NodeProcess.StartAsync(database.Connection, line => Complete(warned, line), "--role", "frontend");
        await warned.Task.WaitAsync(Now.Cancel);
        await using var silo = await NodeProcess.StartSiloAsync(database.Connection);

        await using var frontend = await starting;

        (await frontend.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static void Complete(TaskCompletionSource warned, string line)
    {
        if (line.Contains("No silo of the cluster can be reached yet", StringComparison.Ordinal))
        {
            warned.TrySetResult();
        }
    }
}
