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
    private string[] _suspended = [];

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
            await database.StartServerAsync();
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

    /// <summary>Runs statements in one of its databases.</summary>
    public Task ExecuteAsync(string name, string sql) =>
        RunAsync("psql", "--host", _folder, "--username", User, "--dbname", name, "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--command", sql);

    /// <summary>Every connection is cut, and none is taken until <see cref="StartServerAsync"/>.</summary>
    public Task StopServerAsync() => RunAsync("pg_ctl", "stop", "--pgdata", Data, "--mode", "fast", "--wait", "--silent");

    /// <summary>SIGSTOP of all its processes: connections are taken, and nothing is answered on them.</summary>
    public async Task SuspendAsync() => _suspended = await PostgresPrograms.SuspendAsync(Data);

    /// <summary>SIGCONT.</summary>
    public async Task ResumeAsync()
    {
        await PostgresPrograms.ResumeAsync(_suspended);
        _suspended = [];
    }

    public async Task StartServerAsync()
    {
        await RunAsync("pg_ctl", "start", "--pgdata", Data, "--wait", "--silent", "-l", Path.Combine(_folder, "log"), "-o", $"-h '' -k {_folder}");
        var first = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid"), CancellationToken.None))[0];
        _server = int.Parse(first, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await ResumeAsync();
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
