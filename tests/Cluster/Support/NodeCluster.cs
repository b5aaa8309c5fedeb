using System.ClientModel;
using System.ClientModel.Primitives;
using Npgsql;
using OpenAI;
using OpenAI.Chat;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>Two silos and two frontends, each a process, over one PostgreSQL. They have data rights alone.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly List<NodeProcess> _silos;
    private readonly string _connection;

    private NodeCluster(string connection, IEnumerable<NodeProcess> silos, IReadOnlyList<NodeProcess> frontends) =>
        (_connection, _silos, Frontends) = (connection, [.. silos], frontends);

    public IReadOnlyList<NodeProcess> Silos => _silos;

    public IReadOnlyList<NodeProcess> Frontends { get; }

    public static async Task<NodeCluster> StartAsync()
    {
        var database = await ClusterDatabase.CreateAsync();
        var connection = await database.AddNodeRoleAsync();
        var silos = await Task.WhenAll(NodeProcess.StartSiloAsync(connection), NodeProcess.StartSiloAsync(connection));
        return new NodeCluster(connection, silos, await Task.WhenAll(NodeProcess.StartFrontendAsync(connection), NodeProcess.StartFrontendAsync(connection)));
    }

    /// <summary>Completes when the members' table says of so many silos that they are dead.</summary>
    public async Task WaitForDeadAsync(int silos)
    {
        await using var database = NpgsqlDataSource.Create(_connection);
        await using var count = database.CreateCommand("SELECT count(*) FROM orleansmembershiptable WHERE status = @dead");
        count.Parameters.AddWithValue("dead", (int)SiloStatus.Dead);
        while ((long)(await count.ExecuteScalarAsync(Now.Cancel))! < silos)
        {
            Now.Cancel.ThrowIfCancellationRequested();
        }
    }

    public async Task AddSiloAsync() => _silos.Add(await NodeProcess.StartSiloAsync(_connection));

    public static ChatClient Sdk(NodeProcess frontend, string model) => new(
        model,
        new ApiKeyCredential("any"),
        new OpenAIClientOptions { Endpoint = new Uri(frontend.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromSeconds(60) });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Frontends.Concat(Silos))
        {
            await node.DisposeAsync();
        }
    }
}
