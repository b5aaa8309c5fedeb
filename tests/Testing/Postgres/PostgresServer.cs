using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Ensemble.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own, on a free port, with a password. Started by the first test that needs it; tests that stop it
/// have one for themselves.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "ensemble";
    public const string Password = "Pa55;'word";

    private readonly Lock _starting = new();
    private Task? _started;
    private DirectoryInfo? _folder;
    private int _port;
    private int _databases;
    private string[] _suspended = [];

    /// <summary>Whether it waits for the disk, as in earnest.</summary>
    public bool IsDurable { get; init; }

    private string Data => Path.Combine(_folder!.FullName, "data");

    /// <returns>The connection string of a new, empty database.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(PostgresPrograms.Missing is not null, PostgresPrograms.Missing ?? "");
        await EnsureStartedAsync();
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(Connection("postgres"), $"CREATE DATABASE {name}");
        return Connection(name);
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public Task StartAsync() => ControlAsync("start", "-l", Path.Combine(_folder!.FullName, "log"), "-o", string.Join(' ', Settings()));

    /// <param name="mode"><c>fast</c>, or <c>immediate</c>: as if it had been killed.</param>
    public Task StopAsync(string mode) => ControlAsync("stop", "-m", mode);

    /// <summary>SIGSTOP of all its processes: connections are taken by the system, and nothing is answered on them.</summary>
    public async Task SuspendAsync()
    {
        _suspended = await PostgresPrograms.SuspendAsync(Data);
    }

    /// <summary>SIGCONT.</summary>
    public async Task ResumeAsync()
    {
        await PostgresPrograms.ResumeAsync(_suspended);
        _suspended = [];
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_folder is not null)
        {
            await ResumeAsync();
            if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            {
                await StopAsync("immediate");
            }

            _folder.Delete(recursive: true);
        }
    }

    /// <summary>One that could not be started fails every test for the same reason.</summary>
    private Task EnsureStartedAsync()
    {
        lock (_starting)
        {
            return _started ??= StartFirstAsync();
        }
    }

    private async Task StartFirstAsync()
    {
        _port = FreePort();
        await InitializeAsync();
        await StartAsync();
    }

    private async Task InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("ensemble-pg-");
        var password = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(password, Password);
        if (PostgresPrograms.User is { } user)
        {
            await Command.RunAsync("/", "chown", "-R", user, _folder.FullName);
        }

        await Command.RunAsync(_folder.FullName, PostgresPrograms.Line(
            "initdb", "--pgdata", Data, "--username", User, "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync"));
    }

    private Task ControlAsync(string what, params string[] arguments) =>
        Command.RunAsync(_folder!.FullName, PostgresPrograms.Line("pg_ctl", [what, "--pgdata", Data, "--wait", "--silent", .. arguments]));

    private IEnumerable<string> Settings()
    {
        yield return $"-p {_port.ToString(CultureInfo.InvariantCulture)} -h 127.0.0.1 -k {_folder!.FullName} -c max_connections=200 -c shared_buffers=32MB";
        if (!IsDurable)
        {
            yield return "-c fsync=off -c full_page_writes=off";
        }
    }

    private string Connection(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = User,
        Password = Password,
        Database = database,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
