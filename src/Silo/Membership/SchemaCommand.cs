using Ensemble.Frontend.Hosting;
using Ensemble.Silo.Hosting;
using Ensemble.Storage;
using Ensemble.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Silo.Membership;

/// <summary><c>schema</c>: makes all tables that the cluster's nodes use, for a user who may; the nodes then need data rights alone.</summary>
internal static class SchemaCommand
{
    /// <returns>The exit code: 0 where all tables are there, 1 otherwise.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        try
        {
            // A role that keeps its tables in PostgreSQL: which one makes no difference.
            var (frontend, node) = NodeHost.ReadOptions(FrontendHost.CreateBuilder(args, NodeOptionsReader.Known), NodeRole.Frontend);
            await new MembershipSchema(PostgresConnection.Read(node.ConnectionString, NodeOptionsReader.Connection)).ApplyAsync(CancellationToken.None);
            await using var storage = EnsembleStorage.Create(frontend.Storage, TimeProvider.System, NullLoggerFactory.Instance);
            await storage.OpenAsync(CancellationToken.None);
            await output.WriteLineAsync("The tables of the cluster are up to date.");
            return 0;
        }
        catch (Exception exception) when (exception is StartException or StorageException)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
