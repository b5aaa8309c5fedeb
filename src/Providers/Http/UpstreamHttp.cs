using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Ensemble.Catalog.Addresses;

namespace Ensemble.Providers.Http;

/// <summary>
/// The connections to all providers; one for the process. Sends what it is given and nothing else: no cookies, no trace headers unless they
/// are wanted, and no redirect is followed, since a redirect would carry a prompt to an address that nobody configured. Where a host may be
/// is checked at each connect, after its name was resolved.
/// </summary>
public sealed class UpstreamHttp : IDisposable
{
    private static readonly ProductInfoHeaderValue UserAgent =
        new("ensemble-orleans", typeof(UpstreamHttp).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly ConnectGuard _guard;
    private readonly bool _propagatesTrace;
    private readonly HttpMessageInvoker _invoker;
    private readonly IWebProxy? _proxy;

    /// <param name="configure">Changes the handler before its first use: certificates, a connect callback.</param>
    /// <param name="network">Null = no private network, no proxy.</param>
    public UpstreamHttp(Action<SocketsHttpHandler>? configure = null, UpstreamNetwork? network = null)
    {
        network ??= new UpstreamNetwork();
        _guard = new ConnectGuard(network);
        _propagatesTrace = network.PropagatesTrace;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = network.UseProxy,
            ConnectCallback = _guard.ConnectAsync,

            // The runtime's own would name a span of which nobody hears.
            ActivityHeadersPropagator = null,
            // Short enough to follow a provider's DNS, long enough to keep most handshakes off the path of a call.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 32,
        };
        configure?.Invoke(handler);
        _proxy = handler.UseProxy ? handler.Proxy ?? HttpClient.DefaultProxy : null;
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <returns>The response, once its headers are there. The caller disposes of it.</returns>
    /// <exception cref="AddressRefusedException">The host is where no call may go.</exception>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _guard.Check(request.RequestUri!, isProxied: _proxy?.IsBypassed(request.RequestUri!) == false);
        request.Headers.UserAgent.Add(UserAgent);
        if (_propagatesTrace && Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } current })
        {
            request.Headers.TryAddWithoutValidation("traceparent", current);
        }

        request.Version = request.RequestUri!.Scheme == Uri.UriSchemeHttps
            ? System.Net.HttpVersion.Version20
            : System.Net.HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        try
        {
            return await _invoker.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException refused)
        {
            throw new AddressRefusedException(refused.Message);
        }
    }

    public void Dispose() => _invoker.Dispose();
}
