using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Ensemble.Load.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Load.Failures;

/// <summary>An upstream that remembers every call: whose it was, and whether it was answered to its end.</summary>
internal sealed class RecordingStub : IAsyncDisposable
{
    private const string Usage = """{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150}""";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<StubCall> _calls = new();

    private RecordingStub(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<StubCall> Calls => [.. _calls];

    public static async Task<RecordingStub> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        var stub = new RecordingStub(builder.Build());
        stub._app.Run(stub.AnswerAsync);
        await stub._app.StartAsync(cancel);
        stub.Address = new Uri(stub._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var arrived = Stopwatch.GetTimestamp();
        var request = await StubRequest.ReadAsync(context.Request.BodyReader, context.RequestAborted);
        var call = new StubCall(request.Run, request.Model, arrived);
        _calls.Enqueue(call);
        try
        {
            if (request.Model == Cast.Endless)
            {
                await StreamAsync(context, call, Cast.EndlessTokens, Cast.EndlessInterval);
            }
            else if (!call.IsJudge)
            {
                await Task.Delay(Cast.Latency, TimeProvider.System, context.RequestAborted);
                await WholeAsync(context, call, $"As {request.Model} sees it, a cache in front of the store helps.");
            }
            else if (request.Stream)
            {
                await StreamAsync(context, call, Cast.Tokens, Cast.TokenInterval);
            }
            else
            {
                await Task.Delay(Cast.TokenInterval * Cast.Tokens, TimeProvider.System, context.RequestAborted);
                await WholeAsync(context, call, Cast.Answer);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            call.End(Stopwatch.GetTimestamp(), whole: false);
        }
    }

    private static async Task WholeAsync(HttpContext context, StubCall call, string text)
    {
        // Before the last bytes leave: whoever has them may ask for the place of this call at once.
        call.Begin(Stopwatch.GetTimestamp());
        call.End(Stopwatch.GetTimestamp(), whole: true);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"id":"chatcmpl-stub-1","object":"chat.completion","created":1760000000,"model":"{{call.Model}}","choices":[{"index":0,"message":{"role":"assistant","content":"{{text}}"},"finish_reason":"stop"}],"usage":{{Usage}}}""",
            context.RequestAborted);
    }

    private static async Task StreamAsync(HttpContext context, StubCall call, int tokens, TimeSpan interval)
    {
        context.Response.ContentType = "text/event-stream";
        await WriteAsync("""[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""");
        for (var number = 0; number < tokens; number++)
        {
            await Task.Delay(interval, TimeProvider.System, context.RequestAborted);
            call.Begin(Stopwatch.GetTimestamp());
            await WriteAsync($$$"""[{"index":0,"delta":{"content":"{{{Cast.Token(number)}}}"},"finish_reason":null}]""");
        }

        call.End(Stopwatch.GetTimestamp(), whole: true);
        await WriteAsync("""[{"index":0,"delta":{},"finish_reason":"stop"}]""");
        await context.Response.WriteAsync(StubModel.Chunk(call.Model, "[]", Usage) + "data: [DONE]\n\n", context.RequestAborted);

        async Task WriteAsync(string choices)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(StubModel.Chunk(call.Model, choices, "null")), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
