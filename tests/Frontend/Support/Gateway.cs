using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenAI;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>The product in this process, behind a real listener on a free loopback port.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogRecorder _log;

    private Gateway(WebApplication app, LogRecorder log, UsageRecorder usage)
    {
        _app = app;
        _log = log;
        Usage = usage;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Url { get; }

    /// <summary>What SDKs are given.</summary>
    public Uri Endpoint => new(Url, "v1");

    public HttpClient Http { get; }

    public UsageRecorder Usage { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Log entries at Error and above.</summary>
    public IReadOnlyList<string> Faults => _log.Errors;

    /// <summary>Everything that is logged.</summary>
    public IReadOnlyList<string> Log => _log.Lines;

    /// <param name="catalog">Null = as the options say.</param>
    /// <param name="clock">Null = the system's.</param>
    /// <param name="configure">More services, which take the place of the product's own.</param>
    public static async Task<Gateway> StartAsync(
        ICatalog? catalog, TimeProvider? clock = null, Action<IServiceCollection>? configure = null, params string[] args)
    {
        var log = new LogRecorder();
        var usage = new UsageRecorder();
        string[] all = ["--Storage:Provider", "memory", "--Management:Url", "none", .. args];
        if (!args.Any(arg => arg.StartsWith("--Kestrel", StringComparison.Ordinal)))
        {
            all = ["--urls", "http://127.0.0.1:0", .. all];
        }

        var app = TestHost.Build(all, services =>
        {
            if (catalog is not null)
            {
                services.AddSingleton(catalog);
            }

            services.AddSingleton<IUsageSink>(usage);
            services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
            if (clock is not null)
            {
                services.AddSingleton(clock);
            }

            configure?.Invoke(services);
        });
        await app.StartAsync();
        return new Gateway(app, log, usage);
    }

    /// <summary>OpenAI's own client for .NET, as its users set it up.</summary>
    public ChatClient Sdk(string model, string key = "any", int retries = 0) => new(
        model,
        new ApiKeyCredential(key),
        new OpenAIClientOptions { Endpoint = Endpoint, RetryPolicy = new ClientRetryPolicy(retries), NetworkTimeout = TimeSpan.FromSeconds(60) });

    public Task<Answer> ChatAsync(string json, string? key = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", json, key, headers);

    public Task<Answer> GetAsync(string path, string? key = null) => SendAsync(HttpMethod.Get, path, null, key);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? json = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, json, key, headers);
        using var response = await Http.SendAsync(request, Now.Cancel);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Returns when the headers are there; the body is read as it comes.</summary>
    public async Task<EventStream> StreamAsync(string json, string? key = null, CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Post, "/v1/chat/completions", json, key);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Now.Cancel);
        return await EventStream.OpenAsync(await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();

        // A stop waits for runs in flight, which a test may have left behind on purpose.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static HttpRequestMessage Request(
        HttpMethod method, string path, string? json, string? key, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
