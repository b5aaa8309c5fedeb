using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Options;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Hosting;
using Ensemble.Grains.Streams;
using Ensemble.Runs;
using Ensemble.Silo.Hosting;
using Ensemble.Storage.Memory;
using Ensemble.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenAI;
using OpenAI.Chat;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A thin frontend of a cluster, behind a real listener.</summary>
internal sealed class FrontendNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FrontendNode(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<FrontendNode> StartAsync(
        IClusterClient client,
        ICatalog catalog,
        IRunStore runs,
        IPanelStore panels,
        FrontendOptions options,
        AnswerTransport answers,
        Func<IAsyncObserver<AnswerBatch>, IAsyncObserver<AnswerBatch>>? observe = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IGrainFactory>(client);
        builder.Services.AddSingleton(client);
        builder.Services.AddSingleton(catalog);
        builder.Services.AddSingleton(runs);
        builder.Services.AddSingleton(panels);
        var usage = new InMemoryUsageStore();
        builder.Services.AddSingleton<IUsageStore>(usage);
        builder.Services.AddSingleton<IUsageQueries>(new InMemoryUsageQueries(usage));
        builder.Services.AddSingleton<IReportStore>(new InMemoryReportStore(usage));
        builder.Services.AddEnsembleCatalog(options).AddEnsembleFrontend(options).AddClusterEngine(maxRuns: 1024, answers).AddEnsembleModels(options);
        if (observe is not null)
        {
            builder.Services.AddSingleton(provider => new AnswerStream(
                observer => client.SubscribeAsync(AnswerStreams.Namespace, observe(observer)),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AnswerStream>>()));
        }

        var app = builder.Build();
        app.MapEnsembleFrontend();
        await app.StartAsync();
        return new FrontendNode(app);
    }

    public ChatClient Sdk(string model, string key = "any") => new(
        model,
        new ApiKeyCredential(key),
        new OpenAIClientOptions { Endpoint = new Uri(Http.BaseAddress!, "v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromSeconds(60) });

    public Task<(int Status, string Body, HttpResponseHeaders Headers)> ChatAsync(string json, string key = "any") => PostAsync("/v1/chat/completions", json, key);

    public async Task<(int Status, string Body, HttpResponseHeaders Headers)> PostAsync(string path, string json, string key = "any")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await Http.SendAsync(request, Now.Cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Now.Cancel), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
