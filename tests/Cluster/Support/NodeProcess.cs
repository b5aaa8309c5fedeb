using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>The program, as a process of its own. Its HTTP is at a free port.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const string Started = "Application started.";

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly StringBuilder _log = new();
    private Task _reading = Task.CompletedTask;

    private NodeProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public HttpClient Http { get; private set; } = new();

    /// <summary>What it wrote to standard output so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public static Task<NodeProcess> StartSiloAsync(string connection, params string[] args)
    {
        var ports = FreePorts();
        return StartAsync(connection, ["--role", "silo", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1], .. args]);
    }

    /// <summary>A node of role <c>all</c>, as a member of the cluster.</summary>
    public static Task<NodeProcess> StartAllAsync(string connection)
    {
        var ports = FreePorts();
        return StartAsync(connection, "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1], "--Management:Url", "none");
    }

    public static Task<NodeProcess> StartFrontendAsync(string connection, params string[] args) => StartAsync(connection, ["--role", "frontend", .. args]);

    public static Task<NodeProcess> StartAsync(string? connection, params string[] args) => StartAsync(connection, static _ => { }, args);

    /// <param name="connection">The cluster's database.</param>
    /// <param name="onLine">Is told each line that it writes until it has started.</param>
    /// <param name="args">The command line.</param>
    /// <returns>The process, when it has started.</returns>
    public static async Task<NodeProcess> StartAsync(string? connection, Action<string> onLine, params string[] args)
    {
        var node = new NodeProcess(Run(connection, [.. args, "--urls", "http://127.0.0.1:0"]));
        while (await node._process.StandardOutput.ReadLineAsync(Now.Cancel) is { } line)
        {
            node.Keep(line);
            onLine(line);
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var place and >= 0)
            {
                node.Url = new Uri(line[(place + Listening.Length)..]);
                node.Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = node.Url, Timeout = TimeSpan.FromSeconds(60) };
            }
            else if (line.Contains(Started, StringComparison.Ordinal))
            {
                node._reading = node.ReadAsync();
                return node;
            }
        }

        throw new InvalidOperationException($"{string.Join(' ', args)} did not start:\n{node.Log}{await node._errors}");
    }

    /// <summary>Starts the program where it cannot start, and waits for its end.</summary>
    public static async Task<(int Code, string Errors)> FailAsync(string? connection, params string[] args)
    {
        var node = new NodeProcess(Run(connection, args));
        await using (node)
        {
            await node.ReadAsync();
            await node._process.WaitForExitAsync(Now.Cancel);
            return (node._process.ExitCode, await node._errors);
        }
    }

    /// <summary>SIGTERM.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    /// <summary>SIGSTOP: it stands still, and its connections stay open.</summary>
    public Task SuspendAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("-CONT");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(Now.Cancel);
        await _reading;
        return _process.ExitCode;
    }

    /// <returns>Status and body of a GET.</returns>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Now.Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Now.Cancel));
    }

    /// <returns>Status and body of a POST of JSON.</returns>
    /// <exception cref="HttpRequestException">The answer was broken off; the message has what came of it.</exception>
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now.Cancel);
        using var body = new MemoryStream();
        try
        {
            await response.Content.CopyToAsync(body, Now.Cancel);
        }
        catch (HttpRequestException exception)
        {
            throw new HttpRequestException($"The answer was broken off after: {Encoding.UTF8.GetString(body.ToArray())}", exception);
        }

        return (response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _reading;
        _process.Dispose();
    }

    private Task SignalAsync(string signal) => Command.RunAsync("/", "kill", signal, _process.Id.ToString(CultureInfo.InvariantCulture));

    private static Process Run(string? connection, string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ensemble-silo.dll"), .. args])
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Cluster__ConnectionString"] = connection;
        start.Environment.Remove("POD_IP");
        return Process.Start(start)!;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Keep(line);
        }
    }

    private void Keep(string line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    public static string[] FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0), second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return [Port(first), Port(second)];
    }

    private static string Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
}
