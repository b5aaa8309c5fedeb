using System.Net;
using System.Net.Sockets;
using System.Text;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Http;

/// <summary>A process of 1 GiB of heap, or of 400 descriptors, under callers who mean no good.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Body = 8 * 1024 * 1024;

    private const string Simulated = """
        {"display_name":"quick","provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":0}},
        {"display_name":"slow","provider":"simulated","simulated":{"latency_ms":600000}}
        """;

    [Fact]
    public async Task Process_CallersWhoReadNothingLeaveOrStall_FailsNoneAndHasItsMemoryBack()
    {
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("long").Default = StubReply.Stream([.. Enumerable.Repeat(StubStep.Delta(new string('w', 16 * 1024)), 64), StubStep.Finish(), StubStep.Done()]);
        using var file = new CatalogFile(
            $$"""{"models":[{{Simulated}},{"display_name":"long","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"long","retries":0}]}""");
        var (product, http) = await Product.ServeAsync(null, [("DOTNET_GCHeapHardLimit", "0x40000000")], "--Catalog:File", file.Path, "--Limits:BodySeconds", "120");
        await using var running = product;
        using var client = http;
        var port = http.BaseAddress!.Port;
        var started = TimeProvider.System.GetTimestamp();

        var unread = await ManyAsync(500, port, Ask("long", stream: true));
        var left = await ManyAsync(300, port, Ask("slow", stream: false));
        left.ForEach(static socket => socket.Dispose());
        var stalled = await ManyAsync(200, port, $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Body}\r\n\r\n{{");
        output.WriteLine($"{Elapsed(started)}: 500 unread, 300 left, 200 stalled, {product.WorkingSet} MiB");
        var statuses = await SendAsync(http, 160, "key");
        output.WriteLine($"{Elapsed(started)}: 160 of 8 MiB: {Counts(statuses)}, {product.WorkingSet} MiB");
        unread.ForEach(static socket => socket.Dispose());
        stalled.ForEach(static socket => socket.Dispose());

        var gone = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                var after = await SendAsync(http, 16, null);
                output.WriteLine($"{Elapsed(gone)} after they had gone: 16 of 8 MiB: {Counts(after)}, {product.WorkingSet} MiB");
                return after.All(status => status == HttpStatusCode.OK);
            },
            Now.Cancel,
            TimeSpan.FromSeconds(30));

        product.HasExited.ShouldBeFalse(product.Output + product.Errors);
        statuses.ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.ServiceUnavailable);
        product.Errors.ShouldBeEmpty();
        (product.Output.Contains("OutOfMemory", StringComparison.Ordinal) || product.Output.Contains("fault of the gateway", StringComparison.Ordinal)).ShouldBeFalse(product.Output);
    }

    [Fact]
    public async Task Process_MoreIdleConnectionsThanDescriptors_LivesAndServesAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no limit of descriptors on Windows.");
        using var file = new CatalogFile($$"""{"models":[{{Simulated}}]}""");
        var (product, http) = await Product.ServeAsync(400, [], "--Catalog:File", file.Path);
        await using var running = product;
        using var client = http;

        var idle = new List<Socket>();
        for (var index = 0; index < 2000; index++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            idle.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port, Now.Cancel);
        }

        product.HasExited.ShouldBeFalse(product.Output + product.Errors);
        idle.ForEach(static socket => socket.Dispose());
        await Eventually.TrueAsync(() => IsServedAsync(http), Now.Cancel);
        product.Errors.ShouldBeEmpty();
    }

    private static async Task<bool> IsServedAsync(HttpClient http)
    {
        using var question = new StringContent(Json("quick", stream: false), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.PostAsync("/v1/chat/completions", question, Now.Cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // The places of those who have gone are not free yet.
            return false;
        }
    }

    private static string Elapsed(long since) => $"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s";

    private static string Counts(HttpStatusCode[] statuses) => string.Join(", ", statuses.CountBy(status => (int)status).Select(count => $"{count.Value} × {count.Key}"));

    private static string Json(string model, bool stream) =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"long"}]}""";

    private static string Ask(string model, bool stream)
    {
        var json = Json(model, stream);
        return $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}";
    }

    private static async Task<List<Socket>> ManyAsync(int count, int port, string request)
    {
        var bytes = Encoding.ASCII.GetBytes(request);
        var sockets = new List<Socket>();
        for (var index = 0; index < count; index++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, port, Now.Cancel);
            await socket.SendAsync(bytes, Now.Cancel);
        }

        return sockets;
    }

    /// <summary>Sends bodies of 8 MiB, 32 at a time.</summary>
    private static async Task<HttpStatusCode[]> SendAsync(HttpClient http, int count, string? key)
    {
        var json = Json("quick", stream: false);
        var body = Encoding.ASCII.GetBytes(json[..^1] + new string(' ', Body - json.Length) + "}");
        var statuses = new HttpStatusCode[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Now.Cancel }, async (index, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(body) };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", $"{key}-{index}");
            }

            using var answer = await http.SendAsync(request, token);
            statuses[index] = answer.StatusCode;
        });
        return statuses;
    }
}
