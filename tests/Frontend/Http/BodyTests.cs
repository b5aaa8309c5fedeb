using System.ClientModel;
using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Http;

/// <summary>Bodies that are too large, too slow or too many, and what is left of them afterwards.</summary>
public sealed class BodyTests
{
    private const int FarTooLarge = 24 * 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task DotNetSdk_BodyOverTheLimit_Sees413AndSendsItOnce(int retries)
    {
        await using var council = await Council.StartAsync();

        var refused = await Should.ThrowAsync<ClientResultException>(
            () => council.Gateway.Sdk("solo", retries: retries).CompleteChatAsync([new UserChatMessage(new string('x', FarTooLarge))], cancellationToken: Now.Cancel));

        refused.Status.ShouldBe(413);
        refused.Message.ShouldContain("request_too_large");
        council.Stub.Requests.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task DotNetSdk_KeyIsUnknownAndTheBodyIsOverTheLimit_Sees401()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("good"));

        var refused = await Should.ThrowAsync<ClientResultException>(
            () => council.Gateway.Sdk("solo", key: "bad").CompleteChatAsync([new UserChatMessage(new string('x', FarTooLarge))], cancellationToken: Now.Cancel));

        refused.Status.ShouldBe(401);
    }

    [Fact]
    public async Task NodeSdk_BodyOverTheLimit_Sees413()
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await Council.StartAsync();

        var request = $$"""{"model":"solo","messages":[{"role":"user","content":"{{new string('x', FarTooLarge)}}"}]}""";
        var result = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", request, maxRetries: 2, cancellationToken: Now.Cancel);

        result.Error.ShouldNotBeNull().GetProperty("status").GetInt32().ShouldBe(413);
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_ComesTooSlowly_IsRefusedAtItsDeadlineAndItsBytesAreFree()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:BodySeconds", "1"]);
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{");

        (await raw.ReadUntilAsync("}}")).ShouldStartWith("HTTP/1.1 408 ");
        await UnusedAsync(council);
    }

    [Fact]
    public async Task Places_AllAreTakenByBodiesThatDoNotCome_IsRefusedBeforeABodyIsRead()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxRuns", "2"]);
        using var one = await RawHttp.ConnectAsync(council.Gateway.Url);
        using var two = await RawHttp.ConnectAsync(council.Gateway.Url);
        foreach (var stalled in (RawHttp[])[one, two])
        {
            await stalled.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{" + new string(' ', 50_000));
        }

        await UsedAsync(council, 100_000);
        using var third = await RawHttp.ConnectAsync(council.Gateway.Url);
        await third.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
        var refused = await third.ReadUntilAsync("}}");

        refused.ShouldStartWith("HTTP/1.1 503 ");
        refused.ShouldContain("\"code\":\"overloaded\"");
        refused.ShouldContain("Retry-After: 1", Case.Insensitive);
        one.Dispose();
        two.Dispose();
        await UnusedAsync(council);
        (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Body_MoreThanThereIsMemoryFor_IsRefusedBeforeItIsSent()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBufferedBytes", "1048576"]);
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n");

        var refused = await raw.ReadUntilAsync("}}");
        refused.ShouldStartWith("HTTP/1.1 503 ");
        refused.ShouldContain("\"code\":\"overloaded\"");
        (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bodies_MoreAtOnceThanThereIsMemoryFor_AreAnsweredAsFarAsThereIs()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBufferedBytes", "1048576"]);
        var body = Council.AskSolo[..^1] + new string(' ', 400_000 - Council.AskSolo.Length) + "}";
        var connections = new List<RawHttp>();
        for (var index = 0; index < 4; index++)
        {
            // More than the first piece: room for all of it is made.
            var raw = await RawHttp.ConnectAsync(council.Gateway.Url);
            await raw.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n{body[..100_000]}");
            await (index < 2 ? UsedAsync(council, (index + 1) * 400_000) : raw.ReadUntilAsync("}}"));
            connections.Add(raw);
        }

        foreach (var raw in connections[..2])
        {
            await raw.SendAsync(body[100_000..]);
            (await raw.ReadUntilAsync("}}")).ShouldStartWith("HTTP/1.1 200 ");
        }

        connections.ForEach(static raw => raw.Dispose());
        await UnusedAsync(council);
    }

    [Fact]
    public async Task Body_ManyAreAnnouncedAndDoNotCome_HoldNoMemory()
    {
        const int Length = 8 * 1024 * 1024;
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBufferedBytes", $"{4 * Length}"]);
        var stalled = new List<RawHttp>();
        for (var index = 0; index < 16; index++)
        {
            stalled.Add(await RawHttp.ConnectAsync(council.Gateway.Url));
            await stalled[^1].SendAsync(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {Length}\r\n\r\n");

            // Kestrel asks for a body once it is read.
            (await stalled[^1].ReadUntilAsync("\r\n")).ShouldStartWith("HTTP/1.1 100 ");
        }

        Buffers(council).Used.ShouldBeLessThan(100_000);
        (await council.Gateway.ChatAsync(Council.AskSolo[..^1] + new string(' ', Length / 2) + "}")).Status.ShouldBe(HttpStatusCode.OK);
        stalled.ForEach(static raw => raw.Dispose());
        await UnusedAsync(council);
    }

    [Fact]
    public async Task Body_ConnectionIsResetInItsMiddle_IsNoFaultOfTheGateway()
    {
        var council = await Council.StartAsync();
        await using (council)
        {
            for (var index = 0; index < 20; index++)
            {
                using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);
                await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{" + new string(' ', 50_000));
                await UsedAsync(council, 50_000);
                raw.Reset();
                await UnusedAsync(council);
            }
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Council.AskSolo)]
    [InlineData(Council.AskStreamed)]
    [InlineData("{}")]
    [InlineData("no json")]
    public async Task Request_Answered_LeavesNothingBehind(string body)
    {
        await using var council = await Council.StartAsync();

        await council.Gateway.ChatAsync(body);

        await UnusedAsync(council);
    }

    [Theory]
    [InlineData(Council.AskSolo)]
    [InlineData(Council.AskSoloStreamed)]
    public async Task Request_CallerLeaves_LeavesNothingBehind(string body)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Hang();
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.PostChatAsync(body[..^1] + new string(' ', 200_000) + "}");
            await council.RequestAsync("solo");
            Buffers(council).Used.ShouldBeInRange(200_000, 300_000, "the frontend and the run in its process hold the same body");
        }

        await UnusedAsync(council);
    }

    private static ByteBudget Buffers(Council council) => council.Gateway.Services.GetRequiredService<ByteBudget>();

    // A manifest, and the last event of an answer that nobody read, at most.
    private static Task UnusedAsync(Council council) => Eventually.TrueAsync(() => Buffers(council).Used < 10_000, Now.Cancel);

    private static Task UsedAsync(Council council, long bytes) =>
        Eventually.TrueAsync(() => Buffers(council).Used >= bytes, Now.Cancel);
}
