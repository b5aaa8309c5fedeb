using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Fuzz.Tests.Support;

/// <summary>A provider that answers every request with the bytes that it is told to.</summary>
internal sealed class FuzzUpstream : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FuzzUpstream(WebApplication server)
    {
        _server = server;
        Url = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Url { get; }

    /// <summary>Answers a request.</summary>
    public Func<UpstreamCall, UpstreamBytes> Reply { get; set; } = _ => throw new InvalidOperationException("No reply is set.");

    public static async Task<FuzzUpstream> StartAsync()
    {
        FuzzUpstream? upstream = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var server = builder.Build();
        server.Run(context => upstream!.AnswerAsync(context));
        await server.StartAsync();
        return upstream = new FuzzUpstream(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var reply = Reply(new UpstreamCall(context.Request.Path.Value ?? "", Encoding.UTF8.GetString(body.ToArray())));
        try
        {
            context.Response.StatusCode = reply.Status;
            context.Response.ContentType = reply.ContentType;
            foreach (var piece in reply.Pieces())
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            if (reply.IsCut)
            {
                context.Abort();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The gateway has heard enough.
        }
    }
}
