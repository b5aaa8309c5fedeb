using System.ClientModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>
/// A dead model, asked by the official clients as they come: their repeats and the gateway's do not multiply, and the caller hears of it
/// within a minute. The clients' waits set the gateway's clock forward, so that a cooldown is over when they come back.
/// </summary>
public sealed class SdkRetryTests
{
    private const int DotNetRepeats = 3;
    private const int NodeRepeats = 2;

    private const int GiveUp = 90_000;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly ShiftedTimeProvider _clock = new();

    public static TheoryData<int, int?, bool> Failures => new()
    {
        { 500, null, false }, { 500, null, true },
        { 502, null, false },
        { 503, 1, false }, { 503, 1, true },
        { 503, 30, false }, { 503, 30, true },
        { 503, 3600, false },
        { 529, null, false },
        { 429, 1, false },
        { 429, 30, false }, { 429, 30, true },
        { 429, 59, false },
        { 429, null, false },
        { 408, null, false },
    };

    [Theory(Timeout = GiveUp)]
    [MemberData(nameof(Failures))]
    public async Task DotNet_DeadModel_IsCalledAtMostTwiceATry(int status, int? retryAfter, bool streamed)
    {
        await using var council = await DeadAsync(status, retryAfter);
        var time = Stopwatch.StartNew();

        var failure = await AskWithDotNetAsync(council.Gateway, streamed);

        failure.Status.ShouldBeGreaterThanOrEqualTo(400);
        ShouldBeBounded(council.Stub.Requests.Count, DotNetRepeats, time);
    }

    [Theory(Timeout = GiveUp)]
    [MemberData(nameof(Failures))]
    public async Task Node_DeadModel_IsCalledAtMostTwiceATry(int status, int? retryAfter, bool streamed)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await DeadAsync(status, retryAfter);
        var time = Stopwatch.StartNew();

        var result = await NodeSdk.RepeatAsync(council.Gateway.Endpoint, "any", Council.AskSolo, streamed, _clock.Shift, Now.Cancel);

        result.Error.ShouldNotBeNull().GetProperty("status").GetInt32().ShouldBeGreaterThanOrEqualTo(400);
        ShouldBeBounded(council.Stub.Requests.Count, NodeRepeats, time);
    }

    [Theory(Timeout = GiveUp)]
    [MemberData(nameof(Failures))]
    public async Task Python_DeadModel_IsCalledAtMostTwiceATry(int status, int? retryAfter, bool streamed)
    {
        await using var council = await DeadAsync(status, retryAfter);
        var time = Stopwatch.StartNew();

        var last = await new PythonRetries(council.Gateway.Http, _clock).PostAsync(streamed ? Council.AskSoloStreamed : Council.AskSolo);

        ((int)last).ShouldBeGreaterThanOrEqualTo(400);
        ShouldBeBounded(council.Stub.Requests.Count, PythonRetries.Repeats, time);
    }

    [Fact(Timeout = GiveUp)]
    public async Task AllThree_ModelThatRefusesConnections_EndWithinAMinute()
    {
        var port = ClosedPort();
        var config = TestModels.OpenAi("solo", new Uri($"http://127.0.0.1:{port}/v1"), retries: ModelConfig.DefaultRetries);
        await using var gateway = await Gateway.StartAsync(
            new TestCatalog(new CatalogBuilder().Add(config).Build()), configure: services => services.AddSingleton<TimeProvider>(_clock));

        foreach (var ask in (Func<Task>[])
                 [
                     () => AskWithDotNetAsync(gateway, streamed: false),
                     () => AskWithDotNetAsync(gateway, streamed: true),
                     () => new PythonRetries(gateway.Http, _clock).PostAsync(Council.AskSolo),
                     () => NodeSdk.Available(out _)
                         ? NodeSdk.RepeatAsync(gateway.Endpoint, "any", Council.AskSolo, streamed: false, _clock.Shift, Now.Cancel)
                         : Task.CompletedTask,
                 ])
        {
            var before = _clock.Shifted;
            var time = Stopwatch.StartNew();
            await ask();
            (_clock.Shifted - before + time.Elapsed).ShouldBeLessThan(MaxWait);
        }
    }

    [Theory(Timeout = GiveUp)]
    [InlineData(500, null)]
    [InlineData(503, 1)]
    [InlineData(429, 1)]
    public async Task DotNet_ModelThatRecovers_AnswersWithoutTheCallerHearingOfIt(int status, int? retryAfter)
    {
        await using var council = await DeadAsync(status, retryAfter);
        council.Model("solo").Enqueue(council.Model("solo").Default).Answers("Paris, I think.");

        var completion = await Sdk(council.Gateway).CompleteChatAsync([new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel);

        completion.Value.Content[0].Text.ShouldBe("Paris, I think.");
        council.Stub.Requests.Count.ShouldBe(2);
    }

    private Task<Council> DeadAsync(int status, int? retryAfter) => DeadAsync(StubReply.Error(
        status, null, "No.", retryAfter: retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, type: "server_error"));

    // With the repeats and the cooldown that a catalog has where it says nothing of them.
    private async Task<Council> DeadAsync(StubReply reply)
    {
        var council = await Council.StartAsync(
            model: model => model with { Retries = ModelConfig.DefaultRetries, Cooldown = CooldownConfig.Default },
            configure: services => services.AddSingleton<TimeProvider>(_clock));
        council.Model("solo").Default = reply;
        return council;
    }

    private void ShouldBeBounded(int calls, int repeats, Stopwatch time)
    {
        calls.ShouldBeInRange(1, 2 * (repeats + 1));
        (_clock.Shifted + time.Elapsed).ShouldBeLessThan(MaxWait);
    }

    private async Task<ClientResultException> AskWithDotNetAsync(Gateway gateway, bool streamed)
    {
        var sdk = Sdk(gateway);
        ChatMessage[] question = [new UserChatMessage("The capital of France?")];
        return await Should.ThrowAsync<ClientResultException>(async () =>
        {
            if (streamed)
            {
                await foreach (var _ in sdk.CompleteChatStreamingAsync(question, cancellationToken: Now.Cancel))
                {
                }
            }
            else
            {
                await sdk.CompleteChatAsync(question, cancellationToken: Now.Cancel);
            }
        });
    }

    private ChatClient Sdk(Gateway gateway) => new(
        "solo", new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = gateway.Endpoint, RetryPolicy = new ShiftingRetryPolicy(_clock) });

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
