using System.Globalization;
using Ensemble.Load.Processes;
using Ensemble.Testing;

namespace Ensemble.Load.Cluster;

/// <summary>A PostgreSQL server with its usual settings, reached through a socket in its folder. Disposing leaves nothing of it.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const string User = "ensemble";

    private readonly string _folder;
    private int? _server;

    private Database(string folder) => _folder = folder;

    /// <summary>Processor time of all its processes.</summary>
    public TimeSpan ProcessorTime => ProcessTree.ProcessorTime(_server!.Value);

    private string Data => Path.Combine(_folder, "data");

    public static async Task<Database> StartAsync(Watchdog watchdog)
    {
        if (PostgresPrograms.Missing is { } missing)
        {
            throw new LoadException(missing);
        }

        var database = new Database(Directory.CreateTempSubdirectory("ensemble-load-pg-").FullName);
        watchdog.Watch(database._folder);
        try
        {
            if (PostgresPrograms.User is { } user)
            {
                await Command.RunAsync("/", "chown", "-R", user, database._folder);
            }

            await database.RunAsync("initdb", "--pgdata", database.Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync");
            await database.RunAsync(
                "pg_ctl", "start", "--pgdata", database.Data, "--wait", "--silent", "-l", Path.Combine(database._folder, "log"), "-o", $"-h '' -k {database._folder}");
            var first = (await File.ReadAllLinesAsync(Path.Combine(database.Data, "postmaster.pid"), CancellationToken.None))[0];
            database._server = int.Parse(first, NumberStyles.None, CultureInfo.InvariantCulture);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <returns>The connection string of a new, empty database.</returns>
    public async Task<string> CreateAsync(string name)
    {
        await RunAsync("createdb", "--host", _folder, "--username", User, name);
        return $"Host={_folder};Database={name};Username={User}";
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await RunAsync("pg_ctl", "stop", "--pgdata", Data, "--mode", "immediate", "--wait", "--silent");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        try
        {
            await Command.RunAsync(_folder, PostgresPrograms.Line(program, arguments));
        }
        catch (InvalidOperationException problem)
        {
            throw new LoadException(problem.Message);
        }
    }
}
