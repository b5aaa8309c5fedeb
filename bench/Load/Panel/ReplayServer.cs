using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Load.Panel;

/// <summary>
/// An upstream of OpenAI's dialect whose models say what was recorded of them: the last user message is the question, word for word. Another
/// model or question is refused, so that no strategy can be given an answer to what was never asked.
/// </summary>
internal sealed class ReplayServer(RecordedPanel panel) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private int _refused;
    private WebApplication? _server;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Requests that it had no answer to.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Answers given so far, by model.</summary>
    public IReadOnlyDictionary<string, int> Calls => panel.Models.ToDictionary(model => model, model => _calls.GetValueOrDefault(model));

    public async Task StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync(cancel);
        Address = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? default;

    private async Task AnswerAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancel);
        var model = body.RootElement.TryGetProperty("model", out var name) ? name.GetString() : null;
        var question = LastUserText(body.RootElement);
        if (context.Request.Path != Names.ChatPath || model is null || panel.Find(question)?.Responses.GetValueOrDefault(model) is not { } response)
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(Error(), cancel);
            return;
        }

        _calls.AddOrUpdate(model, 1, static (_, calls) => calls + 1);
        if (body.RootElement.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True)
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: {Answer(model, question, response.Text, "delta").ToJsonString()}\n\ndata: [DONE]\n\n", cancel);
            return;
        }

        await context.Response.WriteAsJsonAsync(Answer(model, question, response.Text, "message"), cancel);
    }

    private static string LastUserText(JsonElement body)
    {
        if (!body.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return "";
        }

        var last = messages.EnumerateArray().LastOrDefault(message => message.GetProperty("role").ValueEquals("user"));
        return last.ValueKind == JsonValueKind.Object && last.GetProperty("content") is var content && content.ValueKind == JsonValueKind.String
            ? content.GetString()!
            : "";
    }

    // Tokens by rule of thumb: they are for the product's books, and no figure here is made of them.
    private static JsonObject Answer(string model, string question, string text, string part) => new()
    {
        ["id"] = "chatcmpl-recorded",
        ["object"] = part == "delta" ? "chat.completion.chunk" : "chat.completion",
        ["created"] = 0,
        ["model"] = model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            [part] = new JsonObject { ["role"] = "assistant", ["content"] = text },
            ["finish_reason"] = "stop",
        }),
        ["usage"] = new JsonObject
        {
            ["prompt_tokens"] = question.Length / 4,
            ["completion_tokens"] = text.Length / 4,
            ["total_tokens"] = (question.Length / 4) + (text.Length / 4),
        },
    };

    private static JsonObject Error() => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = "No answer of this model to this question was recorded.",
            ["type"] = "invalid_request_error",
            ["code"] = "not_recorded",
        },
    };
}
