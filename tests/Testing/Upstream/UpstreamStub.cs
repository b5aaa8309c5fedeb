using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Testing;

/// <summary>
/// A server on a free loopback port that speaks OpenAI's chat completions and embeddings, or Anthropic's Messages API, as strictly as the providers
/// do: what they would refuse is refused, and kept in <see cref="Violations"/>.
/// </summary>
public sealed class UpstreamStub : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StubOptions _options;
    private readonly IRequestRules _rules;
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, StubModel> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StubViolation> _violations = new();
    private readonly ChangeSignal _received = new();
    private readonly List<StubRequest> _requests = [];
    private int _exchanges;

    private UpstreamStub(StubOptions options)
    {
        _options = options;
        _rules = options.Dialect == StubDialect.Anthropic ? new AnthropicRules(options) : new RequestRules(options);
        Certificate = options.Tls ? LoopbackCertificate.Create() : null;
        _server = Build();
    }

    /// <summary>The address of its version segment, as <c>http://127.0.0.1:40000/v1</c>, or of an Azure resource.</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1/v1");

    /// <summary>What it shows to clients with <see cref="StubOptions.Tls"/>; otherwise null.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>All requests so far in order of arrival, those that were refused too, unless for the size of their body.</summary>
    public IReadOnlyList<StubRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Requests that broke a rule of the providers. A test that does not break one on purpose finds none here.</summary>
    public IReadOnlyList<StubViolation> Violations => [.. _violations];

    public static async Task<UpstreamStub> StartAsync(StubOptions? options = null)
    {
        var stub = new UpstreamStub(options ?? new StubOptions());
        await stub._server.StartAsync();
        var addresses = stub._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        stub.BaseUrl = new Uri(new Uri(addresses.Single()), stub._options.Azure switch
        {
            StubAzure.Deployments => "/",
            StubAzure.V1 => "openai/v1",
            _ => "v1",
        });
        return stub;
    }

    /// <summary>The model of that name, which the stub serves from now on.</summary>
    public StubModel Model(string name) => _models.GetOrAdd(name, static added => new StubModel(added));

    /// <summary>Requests for that model so far.</summary>
    public IReadOnlyList<StubRequest> RequestsFor(string model) => [.. Requests.Where(request => request.Model == model)];

    /// <summary>Completes once at least <paramref name="count"/> requests for that model have come in.</summary>
    public async Task<IReadOnlyList<StubRequest>> WaitForRequestsAsync(string model, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                var found = _requests.Where(request => request.Model == model).ToList();
                if (found.Count >= count)
                {
                    return found;
                }

                next = _received.Next;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>For a client's validation callback: whether this is the stub's own certificate.</summary>
    public bool IsOwn(X509Certificate? certificate) =>
        certificate is not null && Certificate is not null && certificate.GetCertHashString() == Certificate.GetCertHashString();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
        Certificate?.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (Certificate is not null)
                {
                    listen.UseHttps(Certificate);
                }
            });
        });
        var server = builder.Build();
        server.Run(HandleAsync);
        return server;
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (await StubBody.ReadAsync(http.Request, _options.MaxBodyBytes, http.RequestAborted) is not { } body)
        {
            await RefuseAsync(http, RequestRules.TooLarge(_options.MaxBodyBytes));
            return;
        }

        var request = StubBody.ToRequest(http, body);
        lock (_lock)
        {
            _requests.Add(request);
            _received.Pulse();
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        var exchange = new StubExchange(http, request, $"stub{Interlocked.Increment(ref _exchanges)}", _rules, ends.Token);
        try
        {
            if (_rules.Check(http.Request, request, _models.ContainsKey) is { } violation)
            {
                await RefuseAsync(http, violation);
            }
            else
            {
                await ReplyAsync(exchange);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            if (http.RequestAborted.IsCancellationRequested)
            {
                request.OnAborted();
            }

            http.Abort();
        }
        finally
        {
            request.OnCompleted();
        }
    }

    private async Task ReplyAsync(StubExchange exchange)
    {
        var reply = Model(exchange.Request.Model).Next();
        if (reply is StreamReply && !exchange.Request.Stream)
        {
            await RefuseAsync(exchange.Http, RequestRules.StreamForWhole(exchange.Request.Model));
            return;
        }

        if (reply is ChatReply or StreamReply && exchange.Request.AsksForVectors || reply is VectorReply && !exchange.Request.AsksForVectors)
        {
            await RefuseAsync(exchange.Http, RequestRules.WrongKind(exchange.Request));
            return;
        }

        await reply.WriteAsync(exchange);
    }

    private async Task RefuseAsync(HttpContext http, StubViolation violation)
    {
        _violations.Enqueue(violation);
        http.Response.StatusCode = violation.Status;
        await http.Response.WriteAsJsonAsync(
            _rules.ErrorBody(violation.Status, violation.Message, violation.Type, violation.Param, violation.Code), http.RequestAborted);
    }
}
