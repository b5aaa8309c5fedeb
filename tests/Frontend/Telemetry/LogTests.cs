using System.Net;
using System.Text;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary>What the log says of what goes wrong: enough to find it, never what was asked or answered, and not with each request.</summary>
public sealed class LogTests
{
    private const string Secret = "ornithorhynchus";

    private const string AskSecret = $$"""{"model":"solo","messages":[{"role":"user","content":"{{Secret}}"}]}""";

    [Fact]
    public async Task Call_ThatFails_IsALineWithRunAndModelAndWithoutTheProvidersWords()
    {
        await using var council = await Council.StartAsync(manualClock: true, model: model => model with { Retries = 0 });
        council.Model("solo").Default = StubReply.Error(500, Secret, $"You said: {Secret}.");

        var answer = await council.Gateway.ChatAsync(AskSecret);

        var run = answer.Header("x-ensemble-run-id")!;
        var log = council.Gateway.Log;
        log.ShouldContain(line => line.Contains($"Run {run}: the call of solo failed as server_error, HTTP status 500", StringComparison.Ordinal));
        log.ShouldContain(line => line.Contains($"Run {run} of solo failed as upstream_failed after 1 calls", StringComparison.Ordinal));
        log.ShouldNotContain(line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_WithoutAnAnswer_HasNoStatus()
    {
        await using var council = await Council.StartAsync(
            manualClock: true, model: model => model with { Retries = 0, BaseUrl = new Uri("http://127.0.0.1:1/v1") });

        await council.Gateway.ChatAsync(Council.AskSolo);

        Count(council, "the call of solo failed as transport_error, HTTP status none, after 1 attempts").ShouldBe(1);
    }

    [Fact]
    public async Task Calls_ThatFailWithEachRequest_AreFewLinesAndTheirNumber()
    {
        await using var council = await Council.StartAsync(
            manualClock: true, model: model => model with { Retries = 0, Cooldown = model.Cooldown with { AfterFailures = 1000 } });
        council.Model("solo").Default = StubReply.Error(500, null, "Out of order.");
        for (var request = 0; request < 20; request++)
        {
            await council.Gateway.ChatAsync(Council.AskSolo);
        }

        Count(council, "the call of solo failed").ShouldBe(LogLimiter.Burst);
        Count(council, "of solo failed as upstream_failed").ShouldBe(LogLimiter.Burst);
        council.Clock.Advance(LogLimiter.Window);

        council.Gateway.Log.ShouldContain(line => line.StartsWith("CallFailed of solo: 15 more in the last 60 s", StringComparison.Ordinal));
        council.Gateway.Log.ShouldContain(line => line.StartsWith("RunFailed of solo: 15 more in the last 60 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faults_OfEachRequest_WriteLessThanOneRequestsLinesOnAverage()
    {
        await using var council = await Council.StartAsync(manualClock: true, configure: services => services.AddSingleton<IRunEngine>(new BrokenEngine()));
        for (var request = 0; request < 200; request++)
        {
            (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.InternalServerError);
        }

        council.Clock.Advance(LogLimiter.Window);

        council.Gateway.Faults.Count.ShouldBe(LogLimiter.Burst + 1);
        council.Gateway.Faults[^1].ShouldStartWith("RequestFault: 195 more in the last 60 s");
        council.Gateway.Log.Sum(Encoding.UTF8.GetByteCount).ShouldBeLessThan(200 * 1024);
    }

    [Fact]
    public async Task Run_OfAnOverloadedServer_IsALineAndSoIsTheHalfFullServer()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(args: ["--Limits:MaxRuns", "1"]);
        council.Model("solo").Enqueue(StubReply.Gated(gate.Task, StubReply.Text("First.")));
        var first = council.Gateway.ChatAsync(Council.AskSolo);
        await council.RequestAsync("solo");

        await council.Gateway.ChatAsync(AskSecret);
        gate.SetResult();
        await first;

        Count(council, "1 runs are in flight, of at most 1").ShouldBe(1);
        council.Gateway.Log.ShouldContain(line => line.Contains("A request is refused before its body is read: all of 1 places", StringComparison.Ordinal));
        council.Gateway.Log.ShouldNotContain(line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AgainstTheLimitOfAnEnsemble_IsALine()
    {
        await using var council = await Council.StartAsync(manualClock: true, shape: ensemble => ensemble with { RateLimit = new() { Rpm = 1 } });
        await council.Gateway.ChatAsync(Council.Ask);

        (await council.Gateway.ChatAsync(Council.Ask)).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        Count(council, "of council is not started: rate_limit_exceeded").ShouldBe(1);
    }

    private static int Count(Council council, string text) => council.Gateway.Log.Count(line => line.Contains(text, StringComparison.Ordinal));

    private sealed class BrokenEngine : IRunEngine
    {
        public ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken) => throw new InvalidOperationException("Broken.");

        public IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken) => default;

        public ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) => default;
    }
}
