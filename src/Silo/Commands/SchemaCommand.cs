using System.CommandLine;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Membership;
using Ensemble.Silo.Options;
using Ensemble.Storage;
using Ensemble.Storage.Hosting;
using Ensemble.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ensemble.Silo.Commands;

/// <summary>
/// <c>schema</c>: makes all tables that the cluster's nodes use, for a user who may; the nodes then need data rights alone.
/// <c>schema wait</c>: ends when somebody has done so.
/// </summary>
internal static class SchemaCommand
{
    /// <summary>Between two looks of <c>schema wait</c>.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const string UpToDate = "The tables of the cluster are up to date.";

    /// <param name="options">Those of the configuration.</param>
    public static Command Create(Argument<string[]> options, TimeProvider time)
    {
        var wait = new Command("wait", "Ends when these tables are there. Takes the program's options too.") { options };
        wait.SetAction((line, cancel) => WaitAsync(
            line.GetValue(options) ?? [], line.InvocationConfiguration.Output, line.InvocationConfiguration.Error, time, cancel));
        var schema = new Command("schema", "Makes all tables that the cluster's nodes use. Takes the program's options too.")
        {
            options, wait,
        };
        schema.SetAction((line, _) => RunAsync(
            line.GetValue(options) ?? [], line.InvocationConfiguration.Output, line.InvocationConfiguration.Error));
        return schema;
    }

    /// <returns>The exit code: 0 where all tables are there, 1 otherwise.</returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors) => TryAsync(errors, async () =>
    {
        var (schema, storage) = Read(args);
        await schema.ApplyAsync(CancellationToken.None);
        await OpenAsync(storage, CancellationToken.None);
        await output.WriteLineAsync(UpToDate);
    });

    /// <summary>
    /// Waits for the database, the tables of this version, and the rights to use them. Each new reason to wait is told once.
    /// </summary>
    /// <returns>The exit code: 0 where a node can start, 1 where waiting would not help.</returns>
    public static Task<int> WaitAsync(
        string[] args, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken = default) =>
        TryAsync(errors, async () =>
        {
            var (schema, storage) = Read(args);
            string? told = null;
            while (await MissingAsync(schema, storage, cancellationToken) is { } missing)
            {
                if (missing != told)
                {
                    await output.WriteLineAsync($"Waiting for the tables: {missing}");
                    told = missing;
                }

                await Task.Delay(Pause, time, cancellationToken);
            }

            await output.WriteLineAsync(UpToDate);
        });

    private static (MembershipSchema Schema, StorageOptions Storage) Read(string[] args)
    {
        var (_, frontend, node) = NodeBuilder.Create(args, NodeRole.Frontend);
        return (new MembershipSchema(PostgresConnection.Read(node.ConnectionString, NodeConfiguration.Connection)), frontend.Storage);
    }

    private static async Task OpenAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        await using var storage = EnsembleStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
        await storage.OpenAsync(cancellationToken);
    }

    /// <returns>What to wait for; null where nothing is missing.</returns>
    /// <exception cref="StorageException">Something that does not pass by waiting.</exception>
    private static async Task<string?> MissingAsync(MembershipSchema schema, StorageOptions storage, CancellationToken cancellationToken)
    {
        try
        {
            if (!await schema.ExistsAsync(cancellationToken))
            {
                return MembershipCheck.NoTables;
            }

            await OpenAsync(storage, cancellationToken);
            return null;
        }
        catch (StorageException exception)
            when (exception is { IsTransient: true }
            or { InnerException: PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } })
        {
            // A right is missing where tables are those of an older version, which a node may not change, and before they are granted.
            return exception.Message;
        }
    }

    private static async Task<int> TryAsync(TextWriter errors, Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (Exception exception) when (exception is StartupException or StorageException)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
