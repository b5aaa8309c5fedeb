using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Frontend.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Endpoints;

public sealed partial class OpenApiTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    [Fact]
    public async Task Document_DescribesEveryEndpointAndNoOther()
    {
        await using var council = await Council.StartAsync();

        var document = (await council.Gateway.GetAsync("/openapi.json")).Json;

        var mapped = council.Gateway.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method.ToLowerInvariant()} {Path(endpoint.RoutePattern.RawText!)}"));
        document.TryGetProperty("paths", out var paths).ShouldBeTrue("The document has no paths.");
        Described(paths).Order().ShouldBe(mapped.Order());
    }

    private static IEnumerable<string> Described(JsonElement paths) =>
        from path in paths.EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where Methods.Contains(operation.Name)
        select $"{operation.Name} {path.Name}";

    /// <summary>A route's parameters as the document writes them: without catch-all marks and constraints.</summary>
    private static string Path(string route) => Parameter().Replace($"/{route.TrimStart('/')}", "{${name}}");

    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
