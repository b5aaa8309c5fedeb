using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ensemble.Load.Processes;

/// <summary>One part of the benchmark in a process of its own, on a loopback port of its own. Disposing ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly string _log;

    private ChildProcess(LaunchPlan plan, Uri address, Process process, string log) =>
        (Plan, Address, _process, _log) = (plan, address, process, log);

    /// <summary>How it was started.</summary>
    public LaunchPlan Plan { get; }

    public Uri Address { get; }

    public string Name => Plan.Name;

    public int Id => _process.Id;

    /// <summary>Where its output goes.</summary>
    public string Log => _log;

    public bool HasExited => _process.HasExited;

    /// <summary>Processor time that it has used so far; the kernel counts it in steps of 10 ms.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            EnsureRunning();
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts its program and waits until the part says that it is ready.</summary>
    /// <param name="watchdog">Ends it where this process is killed.</param>
    public static async Task<ChildProcess> StartAsync(LaunchPlan plan, string folder, CancellationToken cancel, Watchdog? watchdog = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var log = Path.Combine(folder, $"{plan.Name}-{address.Port}.log");

        // The shell is there for the redirection: output goes to a file, and costs this process nothing.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        const string Script = "exec \"$@\" >\"$BENCH_LOG\" 2>&1";
        foreach (var argument in (string[])["-c", Script, "sh", .. plan.Prefix, plan.Program, .. plan.Arguments(address)])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["BENCH_LOG"] = log;
        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(plan, address, Process.Start(start)!, log);
        watchdog?.Watch(child.Id);
        try
        {
            await child.WaitUntilReadyAsync(cancel);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends it a signal; one that has ended gets none.</summary>
    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    public Task WaitForExitAsync(CancellationToken cancel) => _process.WaitForExitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    /// <exception cref="LoadException">It has ended; the message holds the end of its output.</exception>
    public void EnsureRunning()
    {
        if (_process.HasExited)
        {
            throw new LoadException($"The {Name} ended with code {_process.ExitCode}. Its last words:\n{Tail()}");
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancel)
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < ReadyWithin)
        {
            EnsureRunning();
            try
            {
                using var answer = await client.GetAsync(new Uri(Plan.ReadyPath, UriKind.Relative), cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                // Not listening yet.
            }

            await Task.Delay(Poll, TimeProvider.System, cancel);
        }

        throw new LoadException($"The {Name} was not ready within {ReadyWithin.TotalSeconds} s. Its last words:\n{Tail()}");
    }

    private string Tail() => File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(20)) : "(none)";

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
