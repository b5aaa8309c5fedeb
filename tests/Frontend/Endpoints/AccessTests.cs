using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary>Each endpoint says who may call it; one that does not is closed.</summary>
public sealed class AccessTests
{
    private static readonly string[] Open =
    [
        "/", "/livez", "/readyz", "/openapi.json", "/dashboard/{**path}", "/dashboard/session", "/dashboard/session", "/dashboard/session",
    ];

    [Fact]
    public async Task Endpoints_ThatAreMapped_NameTheirPolicyOrAreKnownToBeOpen()
    {
        await using var council = await Council.StartAsync();
        var endpoints = council.Gateway.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();

        var byAccess = endpoints.ToLookup(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);
        byAccess[true].Select(Route).Order().ShouldBe(Open.Order());
        foreach (var endpoint in byAccess[false])
        {
            var route = Route(endpoint);
            endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ShouldBe([Policy(route)], route);
        }
    }

    [Fact]
    public async Task Endpoint_WithoutAPolicy_IsClosedToAll()
    {
        await using var app = TestHost.Build(["--Storage:Provider", "memory", "--Management:Url", "none", "--urls", "http://127.0.0.1:0"]);
        app.MapGet("/forgotten", context => context.Response.WriteAsync("open", Now.Cancel));
        await app.StartAsync(Now.Cancel);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };

        using var closed = await http.GetAsync("/forgotten", Now.Cancel);
        using var unknown = await http.GetAsync("/nothing", Now.Cancel);
        using var wrongMethod = await http.DeleteAsync("/forgotten", Now.Cancel);

        (await Answer.ReadAsync(closed)).ShouldBeError(403, "invalid_request_error", null);
        (await Answer.ReadAsync(unknown)).ShouldBeError(404, "invalid_request_error", "not_found");
        (await Answer.ReadAsync(wrongMethod)).ShouldBeError(405, "invalid_request_error", "method_not_allowed");
    }

    private static string Route(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!;

    private static string Policy(string route) => route switch
    {
        "/v1/chat/completions" or "/v1/responses" or "/v1/messages" or "/v1/messages/count_tokens" => AccessPolicies.Caller,
        "/v1/models" or "/v1/models/{**id}" => AccessPolicies.Caller,
        "/v1/runs/{id}" or "/v1/runs/{id}/content" or "/v1/runs/{id}/replay" or "/v1/runs/{id}/feedback" => AccessPolicies.CallerOrAdministrator,
        _ when route.StartsWith("/admin/", StringComparison.Ordinal) => AccessPolicies.Administrator,
        _ => throw new ArgumentOutOfRangeException(nameof(route), route, "Say here who may call it."),
    };
}
