using System.ClientModel;
using System.ClientModel.Primitives;
using Ensemble.Testing;
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

    /// <param name="server">The test's own; null = that of all tests.</param>
    /// <param name="args">For each node.</param>
    public static async Task<NodeCluster> StartAsync(PostgresServer? server = null, params string[] args)
    {
        var database = await ClusterDatabase.CreateAsync(server: server);
        var connection = await database.AddNodeRoleAsync();
        var silos = await Task.WhenAll(NodeProcess.StartSiloAsync(connection, args), NodeProcess.StartSiloAsync(connection, args));
        return new NodeCluster(connection, silos, await Task.WhenAll(NodeProcess.StartFrontendAsync(connection, args), NodeProcess.StartFrontendAsync(connection, args)));
    }

    /// <summary>Completes when the members' table says of so many silos that they are dead.</summary>
    public async Task WaitForDeadAsync(int silos)
    {
        await Eventually.TrueAsync(async () => await CountAsync(SiloStatus.Dead) >= silos, Now.Cancel);
    }

    /// <returns>Of how many silos the members' table says so.</returns>
    public async Task<long> CountAsync(SiloStatus status)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(Now.Cancel);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM orleansmembershiptable WHERE status = @status", connection);
        count.Parameters.AddWithValue("status", (int)status);
        return (long)(await count.ExecuteScalarAsync(Now.Cancel))!;
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
