using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>The product as its users start it: a process of its own, in an empty working folder.</summary>
internal sealed class Product : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-");

    private Product(string[] args, int? descriptors = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(descriptors is null ? "dotnet" : "sh")
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (descriptors is { } most)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"ulimit -n {most} && exec dotnet \"$@\"");
            start.ArgumentList.Add("sh");
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ensemble-silo.dll"));
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment.Remove("ASPNETCORE_URLS");

        // Less to do at each start; what is said on the command line comes first.
        start.Environment["Storage__Provider"] = "memory";
        start.Environment["Management__Url"] = "none";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Memory that it has now, in MiB.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024 / 1024;
        }
    }

    /// <summary>Where it was started.</summary>
    public string Folder => _folder.FullName;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public static Product Start(params string[] args) => new(args);

    /// <summary>Starts it on a free port and waits until it listens.</summary>
    public static async Task<(Product Product, HttpClient Http)> ServeAsync(params string[] args)
    {
        var product = new Product(["--urls", "http://127.0.0.1:0", .. args]);
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = await product.ListeningAsync() };
        return (product, http);
    }

    /// <summary>Starts it on a free port, with so many descriptors and this environment, and waits until it listens.</summary>
    /// <param name="descriptors">Null = as many as this process has.</param>
    public static async Task<(Product Product, HttpClient Http)> ServeAsync(int? descriptors, (string Name, string Value)[] environment, params string[] args)
    {
        var product = new Product(["--urls", "http://127.0.0.1:0", .. args], descriptors, environment);
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = await product.ListeningAsync(), Timeout = TimeSpan.FromSeconds(100) };
        return (product, http);
    }

    /// <summary>Waits until it listens, and demands that it does.</summary>
    public async Task<Uri> ListeningAsync()
    {
        await Task.WhenAny(_listening.Task, _process.WaitForExitAsync(Now.Cancel));
        _listening.Task.IsCompleted.ShouldBeTrue(Output + Errors);
        return await _listening.Task;
    }

    /// <returns>The exit code, once all output has been read.</returns>
    public async Task<int> EndAsync()
    {
        // One that serves where it should have refused would never end.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(Now.Cancel);
    }

    /// <summary>Ends it without a chance to do anything more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(Now.Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void OnOutput(string? line)
    {
        Keep(_output, line);
        if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            // Up to a quote: the line may be JSON.
            _listening.TrySetResult(new Uri(line[(at + Listening.Length)..].Split('"')[0].Trim()));
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
