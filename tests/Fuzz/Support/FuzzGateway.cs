using System.Collections.Concurrent;
using System.Text.Json;
using Ensemble.Fuzz.Tests.Seeds;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ensemble.Fuzz.Tests.Support;

/// <summary>The product in this process behind a real listener, with an upstream of its own. Inputs are tried one after the other.</summary>
internal sealed class FuzzGateway : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-fuzz-");
    private WebApplication _app = null!;

    private FuzzGateway(FuzzUpstream upstream) => Upstream = upstream;

    public FuzzUpstream Upstream { get; }

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Faults of the gateway itself that were logged since the last look.</summary>
    public string TakeFaults()
    {
        var faults = string.Join('\n', _faults);
        _faults.Clear();
        return faults;
    }

    /// <summary>With the catalog of <see cref="FuzzCatalog"/>, or with one that the admin endpoints edit.</summary>
    public static async Task<FuzzGateway> StartAsync(bool simulatesSome, bool isEdited = false)
    {
        var gateway = new FuzzGateway(await FuzzUpstream.StartAsync());
        var file = Path.Combine(gateway._folder.FullName, "catalog.json");
        await File.WriteAllTextAsync(file, FuzzCatalog.Json(gateway.Upstream.Url, simulatesSome));
        string[] args = ["--urls", "http://127.0.0.1:0", "--Storage:Provider", "memory", "--Management:Url", "none", "--Telemetry:CaptureContent", "true"];
        gateway._app = TestHost.Build(isEdited ? [.. args, "--Admin:Key", AdminSeeds.Key] : [.. args, "--Catalog:File", file], services =>
            services.AddLogging(logging => logging.ClearProviders().AddProvider(gateway)));
        await gateway._app.StartAsync();
        gateway.Http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(gateway._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            Timeout = FuzzBudget.TimeLimit,
        };
        return gateway;
    }

    /// <summary>Demands that nothing of the requests so far is left in the gateway.</summary>
    public async Task ShouldBeIdleAsync()
    {
        using var limit = new CancellationTokenSource(FuzzBudget.TimeLimit);
        var runs = _app.Services.GetRequiredService<IRunsInFlight>();
        await runs.DrainAsync(limit.Token);
        limit.IsCancellationRequested.ShouldBeFalse("Runs were still in flight.");
        runs.InFlight.ShouldBe(0);
        foreach (var gate in await GatesAsync())
        {
            gate.GetProperty("in_flight").GetProperty("count").GetInt32().ShouldBe(0, gate.ToString());
        }
    }

    /// <summary>Whether a model is left alone because of what it answered before: later inputs would not reach it.</summary>
    public async Task<bool> IsWornOutAsync() =>
        (await GatesAsync()).Any(gate => gate.TryGetProperty("state", out var state) && state.GetString() != "in_use");

    private async Task<IReadOnlyList<JsonElement>> GatesAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/gates?limit=100");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {AdminSeeds.Key}");
        using var response = await Http.SendAsync(request);
        using var gates = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return [.. gates.RootElement.GetProperty("data").EnumerateArray().Select(gate => gate.Clone())];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(_faults);

    void IDisposable.Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string> faults) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error && exception is not null)
            {
                faults.Enqueue($"{formatter(state, exception)}\n{exception}");
            }
        }
    }
}
